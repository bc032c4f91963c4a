import { createHash, randomBytes } from "node:crypto";
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import * as oauth from "openid-client";
import { type Agent, fetch } from "undici";
import { describe, expect, it } from "vitest";
import { CLIENTS } from "./clients.ts";
import type { EntraError } from "./entra-errors.ts";
import { PEOPLE, type Person } from "./people.ts";
import { setUpSandbox } from "./set-up-sandbox.ts";
import type { Sandbox } from "./start.ts";

const CALLBACK = "http://localhost:4242/api/credentials/callback";
const { workbench, genericWorkbench } = CLIENTS;
const { olga, emil, nora, greta, dirk } = PEOPLE;

let sandbox: Sandbox;
let dispatcher: Agent;
setUpSandbox((running) => {
  ({ sandbox, dispatcher } = running);
});

/** As much of a browser as a sign-in needs: it keeps cookies and follows redirects until they leave the provider. */
function openBrowser() {
  const cookies = new Map<string, string>();
  async function visit(address: string | URL, form?: Record<string, string>) {
    let url = new URL(address);
    let body = form && new URLSearchParams(form);
    for (;;) {
      const response = await fetch(url, {
        method: body ? "POST" : "GET",
        body,
        redirect: "manual",
        headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; "), accept: "text/html" },
        dispatcher,
      });
      for (const cookie of response.headers.getSetCookie()) {
        const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
        cookies.set(name, value);
      }
      const location = response.headers.get("location");
      if (!location) {
        const html = await response.text();
        const [, action] = /<form method="post" action="([^"]+)"/.exec(html) ?? [];
        if (!action || !html.includes("document.forms[0].submit()")) return { url, status: response.status, html };
        const fields = [...html.matchAll(/name="([^"]+)" value="([^"]*)"/g)];
        body = new URLSearchParams(fields.map(([, name = "", value = ""]) => [name, value]));
        url = new URL(action, url);
        continue;
      }
      url = new URL(location, url);
      body = undefined;
      if (url.origin !== sandbox.idpUrl) return { url, status: 0, html: "" };
    }
  }
  async function signIn(address: string | URL, person: Person) {
    const page = await visit(address);
    const next = await visit(`${page.url.href}/login`, { person: person.subject });
    if (!next.html.includes("<h1>Second factor</h1>")) return next;
    return visit(next.url.href.replace(/login$/, "factor"), { person: person.subject, factor: "approve" });
  }
  return { visit, signIn };
}

const verifier = randomBytes(32).toString("base64url");

function authorizeUrl(changes: Record<string, string> = {}): URL {
  const url = new URL(`${sandbox.authority}/oauth2/v2.0/authorize`);
  const parameters = {
    client_id: workbench.clientId,
    response_type: "code",
    redirect_uri: CALLBACK,
    scope: "openid profile offline_access",
    state: "some-state",
    nonce: "some-nonce",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    ...changes,
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url;
}

async function redeem(code: string, changes: Record<string, string> = {}) {
  const body = new URLSearchParams({
    grant_type: "authorization_code",
    client_id: workbench.clientId,
    client_secret: workbench.clientSecret,
    redirect_uri: CALLBACK,
    code_verifier: verifier,
    code,
    ...changes,
  });
  const response = await fetch(sandbox.tokenEndpoint, { method: "POST", body, dispatcher });
  return (await response.json()) as {
    id_token: string;
    refresh_token: string;
    client_info: string;
  } & Partial<EntraError>;
}

async function readClaims(idToken: string) {
  const response = await fetch(`${sandbox.authority}/discovery/v2.0/keys`, { dispatcher });
  const keys = createLocalJWKSet((await response.json()) as JSONWebKeySet);
  return (await jwtVerify(idToken, keys, { issuer: sandbox.issuer, audience: workbench.clientId })).payload;
}

async function signInFor(person: Person) {
  const { url } = await openBrowser().signIn(authorizeUrl(), person);
  return redeem(url.searchParams.get("code") ?? "");
}

describe("signing in at the Entra tenant", () => {
  it("lists the people, and brings the one who is chosen back with a code and the state", async () => {
    const browser = openBrowser();
    const page = await browser.visit(authorizeUrl());
    expect(page.html).toContain("<h1>Sign in to the sandbox</h1>");
    for (const person of Object.values(PEOPLE)) expect(page.html).toContain(`Sign in as ${person.name}`);
    const { url } = await browser.visit(`${page.url.href}/login`, { person: olga.subject });
    expect(url.origin + url.pathname).toBe(CALLBACK);
    expect(url.searchParams.get("state")).toBe("some-state");
    expect(url.searchParams.get("code")).toBeTruthy();
  });

  it("gives an ID token with Entra's claims, signed by a published key", async () => {
    const answer = await signInFor(olga);
    expect(await readClaims(answer.id_token)).toMatchObject({
      nonce: "some-nonce",
      oid: olga.objectId,
      sub: olga.subject,
      tid: sandbox.tenantId,
      preferred_username: "olga@sandbox.example",
      name: "Olga Operator",
      roles: ["Plant7.Operators"],
      groups: olga.groups,
      amr: ["pwd"],
      ver: "2.0",
    });
    const clientInfo = JSON.parse(Buffer.from(answer.client_info, "base64url").toString("utf8"));
    expect(clientInfo).toEqual({ uid: olga.objectId, utid: sandbox.tenantId });
  });

  it("leaves roles out for a person without any, and says so when a second factor was used", async () => {
    expect(await readClaims((await signInFor(nora)).id_token)).not.toHaveProperty("roles");
    expect(await readClaims((await signInFor(emil)).id_token)).toMatchObject({ amr: ["pwd", "mfa"] });
  });

  it("names where to ask for groups when there are too many for a token", async () => {
    const claims = await readClaims((await signInFor(greta)).id_token);
    expect(claims).not.toHaveProperty("groups");
    expect(claims._claim_names).toEqual({ groups: "src1" });
    const { endpoint } = (claims._claim_sources as { src1: { endpoint: string } }).src1;
    const response = await fetch(endpoint, { method: "POST", dispatcher });
    expect(((await response.json()) as { value: string[] }).value).toHaveLength(250);
  });

  it("does not let a disabled person in", async () => {
    const { html, status } = await openBrowser().signIn(authorizeUrl(), dirk);
    expect(status).toBe(200);
    expect(html).toContain('<p role="alert">AADSTS50057: The user account is disabled.</p>');
  });

  it("remembers who has signed in, unless it is asked for a sign-in", async () => {
    const browser = openBrowser();
    await browser.signIn(authorizeUrl(), olga);
    expect((await browser.visit(authorizeUrl())).url.searchParams.get("code")).toBeTruthy();
    expect((await browser.visit(authorizeUrl({ prompt: "login" }))).html).toContain("Sign in to the sandbox");
    expect((await openBrowser().visit(authorizeUrl({ prompt: "none" }))).url.searchParams.get("error")).toBe(
      "login_required",
    );
  });

  it("asks again who it is when the request wants an account to be selected", async () => {
    const browser = openBrowser();
    await browser.signIn(authorizeUrl(), olga);
    const { url } = await browser.signIn(authorizeUrl({ prompt: "select_account" }), nora);
    const { id_token } = await redeem(url.searchParams.get("code") ?? "");
    expect(await readClaims(id_token)).toMatchObject({ sub: nora.subject });
  });

  it("asks who is signed in for a second factor when the request wants one, and says which was used", async () => {
    const browser = openBrowser();
    await browser.signIn(authorizeUrl(), olga);
    for (const factor of ["skip", "approve"]) {
      const claims = JSON.stringify({ id_token: { acrs: { essential: true, value: "c1" } } });
      const page = await browser.visit(authorizeUrl({ claims }));
      expect(page.html).toContain("<h1>Second factor</h1>");
      const { url } = await browser.visit(`${page.url.href}/factor`, { person: olga.subject, factor });
      const { id_token } = await redeem(url.searchParams.get("code") ?? "");
      const said = await readClaims(id_token);
      if (factor === "skip") expect(said).toMatchObject({ amr: ["pwd"] });
      else expect(said).toMatchObject({ amr: ["pwd", "mfa"], acrs: ["c1"] });
      expect(Object.hasOwn(said, "acrs")).toBe(factor === "approve");
    }
  });

  it("knows people as a test has changed them, until the next reset", async () => {
    await sandbox.control.changePerson({ subject: olga.subject, userName: "olga.new@sandbox.example", roles: [] });
    expect(await readClaims((await signInFor(olga)).id_token)).toMatchObject({
      sub: olga.subject,
      preferred_username: "olga.new@sandbox.example",
    });
    const { refresh_token } = await signInFor(olga);
    await sandbox.control.changePerson({ subject: olga.subject, isDisabled: true });
    expect(await redeem("", { grant_type: "refresh_token", refresh_token })).toMatchObject({ error: "invalid_grant" });
    await sandbox.control.reset();
    expect(await readClaims((await signInFor(olga)).id_token)).toMatchObject({ preferred_username: olga.userName });
  });

  it("asks for consent when the request wants that", async () => {
    const browser = openBrowser();
    const page = await browser.signIn(authorizeUrl({ prompt: "consent" }), olga);
    expect(page.html).toContain("<strong>workbench</strong> asks for:");
    const { url } = await browser.visit(`${page.url.href}/consent`, {});
    expect(await redeem(url.searchParams.get("code") ?? "")).toHaveProperty("id_token");
  });

  it("comes back with access_denied when the person cancels", async () => {
    const browser = openBrowser();
    const page = await browser.visit(authorizeUrl());
    const { url } = await browser.visit(`${page.url.href}/cancel`, {});
    expect(url.searchParams.get("error")).toBe("access_denied");
    expect(url.searchParams.get("error_description")).toContain("AADSTS65004");
  });

  it.each([
    ["a redirect URI that is not registered", { redirect_uri: "https://elsewhere.example/" }, "AADSTS50011: "],
    ["an unknown client", { client_id: "nobody" }, "AADSTS700016: "],
  ])("shows a page, and goes nowhere, for %s", async (_what, changes, text) => {
    const { html, status } = await openBrowser().visit(authorizeUrl(changes));
    expect(status).toBe(400);
    expect(html).toContain(text);
  });

  it("refuses a sign-in page that was opened in another browser", async () => {
    const page = await openBrowser().visit(authorizeUrl());
    expect((await openBrowser().visit(`${page.url.href}/login`, { person: olga.subject })).status).toBe(400);
  });

  it.each([
    ["twice", {}, 54005],
    ["with another verifier", { code_verifier: randomBytes(32).toString("base64url") }, 501481],
    ["with another redirect URI", { redirect_uri: CALLBACK.replace("4242", "4243") }, 500112],
  ])("refuses a code that is redeemed %s", async (_how, changes, code) => {
    const { url } = await openBrowser().signIn(authorizeUrl(), olga);
    const value = url.searchParams.get("code") ?? "";
    if (code === 54005) await redeem(value);
    expect(await redeem(value, changes)).toMatchObject({ error: "invalid_grant", error_codes: [code] });
  });

  it("gives a refresh token that works until all tokens are taken back", async () => {
    const { refresh_token } = await signInFor(olga);
    const renew = () => redeem("", { grant_type: "refresh_token", refresh_token });
    expect(await renew()).toHaveProperty("id_token");
    await sandbox.control.revokeTokens();
    expect(await renew()).toMatchObject({ error: "invalid_grant" });
  });

  it("signs out, after asking", async () => {
    const browser = openBrowser();
    await browser.signIn(authorizeUrl(), olga);
    const page = await browser.visit(`${sandbox.authority}/oauth2/v2.0/logout`);
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.html)?.[1] ?? "";
    const done = await browser.visit(`${sandbox.authority}/oauth2/v2.0/logout/confirm`, { xsrf, logout: "yes" });
    expect(done.html).toContain("You are signed out");
    expect((await browser.visit(authorizeUrl())).html).toContain("Sign in to the sandbox");
  });
});

describe("signing in at the generic provider", () => {
  it("works with openid-client, from discovery to userinfo", async () => {
    const { clientId, clientSecret } = genericWorkbench;
    const customFetch = (url: string, options: object) =>
      fetch(url, { ...options, dispatcher }) as unknown as Promise<Response>;
    const configuration = await oauth.discovery(
      new URL(sandbox.genericIssuer),
      clientId,
      undefined,
      oauth.ClientSecretBasic(clientSecret),
      { [oauth.customFetch]: customFetch },
    );
    oauth.enableNonRepudiationChecks(configuration);
    const pkceCodeVerifier = oauth.randomPKCECodeVerifier();
    const start = oauth.buildAuthorizationUrl(configuration, {
      redirect_uri: CALLBACK,
      scope: "openid profile",
      state: "some-state",
      nonce: "some-nonce",
      code_challenge: await oauth.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: "S256",
    });
    const { url } = await openBrowser().signIn(start, olga);
    const tokens = await oauth.authorizationCodeGrant(configuration, url, {
      pkceCodeVerifier,
      expectedState: "some-state",
      expectedNonce: "some-nonce",
    });
    expect(tokens.claims()).toMatchObject({ sub: olga.subject, roles: ["Plant7.Operators"], name: "Olga Operator" });
    const person = await oauth.fetchUserInfo(configuration, tokens.access_token, olga.subject);
    expect(person.preferred_username).toBe("olga@sandbox.example");
  });
});
