import type { Person } from "./people.ts";

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: light-dark(#eef2f6, #14181d); color: light-dark(#1b2129, #e8edf2); }
main { box-sizing: border-box; width: min(28rem, 100%); padding: 2rem; background: light-dark(#fff, #1f252c); border-radius: 8px; }
h1 { font-size: 1.4rem; margin: 0 0 .5rem; }
ul { list-style: none; padding: 0; margin: 1rem 0; display: grid; gap: .5rem; }
button { font: inherit; min-height: 44px; padding: .5rem 1rem; border-radius: 6px; border: 1px solid light-dark(#6b7885, #8a97a4); background: transparent; color: inherit; cursor: pointer; }
li button { width: 100%; text-align: left; }
button.main { background: #0b5cad; border-color: #0b5cad; color: #fff; }
button:focus-visible { outline: 3px solid light-dark(#0b5cad, #7db8f5); outline-offset: 2px; }
small { display: block; color: light-dark(#4d5965, #b3bec9); }
[role=alert] { padding: .75rem 1rem; border-left: 4px solid #b3261e; background: light-dark(#fdeceb, #3a1d1b); overflow-wrap: anywhere; }
form.actions { display: flex; gap: .75rem; margin-top: 1rem; }`;

/** Escapes text for HTML, in elements and in quoted attributes. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function renderPage(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body><main><h1>${escapeHtml(title)}</h1>
${content}
</main></body>
</html>`;
}

interface SignInPage {
  clientName: string;
  people: readonly Person[];
  action: string;
  /** Shown above the list, for instance why the last attempt was refused. */
  problem?: string;
}

/** The page that asks who signs in. It needs no password: everybody on it is made up. */
export function renderSignIn({ clientName, people, action, problem }: SignInPage): string {
  const entries = people.map(
    (person) => `<li><button name="person" value="${escapeHtml(person.subject)}">Sign in as ${escapeHtml(person.name)}
<small>${escapeHtml(person.userName)} · ${escapeHtml(describePerson(person))}</small></button></li>`,
  );
  return renderPage(
    "Sign in to the sandbox",
    `<p>to continue to <strong>${escapeHtml(clientName)}</strong>. These people are made up; no password is asked.</p>
${problem ? `<p role="alert">${escapeHtml(problem)}</p>` : ""}
<form method="post" action="${escapeHtml(action)}/login"><ul>
${entries.join("\n")}
</ul></form>
<form class="actions" method="post" action="${escapeHtml(action)}/cancel"><button>Cancel</button></form>`,
  );
}

function describePerson(person: Person): string {
  const facts = [person.roles.join(", ") || "no roles"];
  if (person.groups.length > 0)
    facts.push(`${person.groups.length} ${person.groups.length === 1 ? "group" : "groups"}`);
  if (person.usesSecondFactor) facts.push("second factor");
  if (person.isDisabled) facts.push("disabled");
  return facts.join(" · ");
}

/** The page that asks for a second factor; going on without one lets tests see what happens then. */
export function renderSecondFactor({ person, action }: { person: Person; action: string }): string {
  return renderPage(
    "Second factor",
    `<p>${escapeHtml(person.name)}, approve the sign-in on your device. It is made up too.</p>
<form class="actions" method="post" action="${escapeHtml(action)}/factor">
<input type="hidden" name="person" value="${escapeHtml(person.subject)}">
<button class="main" name="factor" value="approve">Approve</button>
<button name="factor" value="skip">Go on without it</button></form>`,
  );
}

interface ConsentPage {
  clientName: string;
  scopes: readonly string[];
  action: string;
}

export function renderConsent({ clientName, scopes, action }: ConsentPage): string {
  const entries = scopes.map((scope) => `<li>${escapeHtml(scope)}</li>`);
  return renderPage(
    "Permissions requested",
    `<p><strong>${escapeHtml(clientName)}</strong> asks for:</p><ul>${entries.join("")}</ul>
<form class="actions" method="post" action="${escapeHtml(action)}/consent"><button class="main">Accept</button>
<button formaction="${escapeHtml(action)}/cancel">Cancel</button></form>`,
  );
}

/** @param form the form of oidc-provider, with the id `op.logoutForm` */
export function renderSignOut(form: string): string {
  return renderPage(
    "Sign out of the sandbox",
    `<p>Do you want to sign out?</p>${form}
<p><button class="main" form="op.logoutForm" name="logout" value="yes">Sign out</button>
<button form="op.logoutForm">Stay signed in</button></p>`,
  );
}

export function renderSignedOut(): string {
  return renderPage("You are signed out", "<p>You can close this page.</p>");
}

export function renderProblem(error: string, description: string): string {
  return renderPage(
    "Sign-in is not possible",
    `<p role="alert">${escapeHtml(description)}</p><p><small>${escapeHtml(error)}</small></p>`,
  );
}
