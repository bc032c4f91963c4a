import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { APIRequestContext, Locator, Page } from "@playwright/test";
import { authorizePath, signInChannel } from "../app/_ui/external-sign-in.ts";
import { CLIENTS } from "../sandbox/clients.ts";
import { connectControl } from "../sandbox/control-client.ts";
import { PEOPLE } from "../sandbox/people.ts";
import { unique } from "./fixtures/steps.ts";
import { expect, expectNoAxeViolations, readStack, test, waitUntilAlive } from "./fixtures/test.ts";

// "User External Credentials" of the user's documentation, steps 3 to 5, on the login and consent pages of the sandbox's provider.

// The sandbox's certificate is its own.
async function call<T>(
  request: APIRequestContext,
  method: "GET" | "POST" | "PATCH",
  path: string,
  data?: object,
): Promise<T> {
  const headers = { authorization: `Bearer ${readStack().apiKey}` };
  const answer = await request.fetch(`/api/v1/${path}`, { method, headers, data });
  expect(answer.ok(), await answer.text()).toBe(true);
  return answer.json();
}

type Made = { id: string; name: string };

const addListedNode = (request: APIRequestContext) =>
  call<Made>(request, "POST", "nodes", { name: unique("Gate"), parentId: null, listed: true });

const addProfile = (request: APIRequestContext, changes: object = {}) =>
  call<Made>(request, "POST", "credentials", {
    name: unique("Contoso"),
    type: "user",
    provider: "entra",
    endpointUrl: readStack().sandbox.tokenEndpoint,
    clientId: CLIENTS.workbench.clientId,
    clientSecret: CLIENTS.workbench.clientSecret,
    scope: "openid profile offline_access",
    jwtUsernameKey: "preferred_username",
    jwtRolesKey: "roles",
    roleMapping: [
      { claimValue: "Plant7.Operators", role: "operator", nodeId: null },
      { claimValue: "Plant7.Engineers", role: "engineer", nodeId: null },
      { claimValue: "Plant7.Leads", role: "lead", nodeId: null },
    ],
    ...changes,
  });

const nodeInTree = (page: Page, node: Made): Locator =>
  page.getByRole("treeitem", { name: new RegExp(`^${node.name}`) });

/** Right-click a node, User External Credentials, the profile. */
async function chooseProfile(page: Page, node: Made, profile: Made): Promise<void> {
  await nodeInTree(page, node).click({ button: "right" });
  await page.getByRole("menuitem", { name: "User External Credentials" }).click();
  await page.getByRole("dialog").getByRole("button", { name: profile.name }).click();
}

/**
 * Signs in on the provider's pages; a second factor is approved, what the application asks for is accepted. Resolves when the
 * portal has the answer, or the window is closed.
 */
async function signInAtProvider(provider: Page, person: { name: string }, factor = "Approve"): Promise<void> {
  const portal = readStack().baseUrl;
  // The window may close with the click; whether it was the right one shows at the end.
  const press = (button: Locator) => button.click().catch(() => undefined);
  await press(provider.getByRole("button", { name: `Sign in as ${person.name}` }));
  const isBack = provider
    .waitForURL((url) => url.href.startsWith(portal), { waitUntil: "commit" })
    .then(
      () => true,
      (err) => {
        if (!provider.isClosed()) throw err;
        return true;
      },
    );
  // The provider asks for each at most once, in this order.
  const asked = [factor, "Accept"].map((name) => provider.getByRole("button", { name, exact: true }));
  const [second, accept] = asked as [Locator, Locator];
  const appears = (button: Locator) =>
    button.waitFor().then(
      () => false,
      () => isBack,
    );
  if (await Promise.race([isBack, appears(second.or(accept))])) return;
  if (await second.isVisible()) {
    await press(second);
    if (await Promise.race([isBack, appears(accept)])) return;
  }
  await press(accept);
  await isBack;
}

async function signInByWindow(page: Page, node: Made, profile: Made, person: { name: string }): Promise<void> {
  const opened = page.waitForEvent("popup");
  await chooseProfile(page, node, profile);
  const popup = await opened;
  await signInAtProvider(popup, person);
  await expect.poll(() => popup.isClosed()).toBe(true);
  await expect(account(page, person)).toBeVisible();
}

/** What a refused user gives to an admin. */
const readReference = async (page: Page): Promise<string> =>
  (await page.getByRole("main").getByRole("code").textContent()) ?? "";

const account = (page: Page, { name }: { name: string }): Locator =>
  page.getByRole("button", { name: `Account of ${name}` });

/** Chooses from the account's menu, on a page that may have just come. */
async function choose(page: Page, person: { name: string }, item: string): Promise<void> {
  await waitUntilAlive(page);
  await account(page, person).click();
  await page.getByRole("menuitem", { name: item }).click();
}

test("from the tree of the signed-out workbench, in a window that closes by itself", async ({ page, request }) => {
  const [node, profile] = [await addListedNode(request), await addProfile(request)];
  await page.goto("/");
  await expect(page.getByRole("heading", { name: "Welcome to Sallyport" })).toBeVisible();
  await expectNoAxeViolations(page);
  await page.evaluate(() => Object.assign(window, { stays: true }));

  const opened = page.waitForEvent("popup");
  await chooseProfile(page, node, profile);
  const popup = await opened;
  await expect(page.getByText("Continue in the sign-in window.")).toBeVisible();
  await expectNoAxeViolations(page);
  await signInAtProvider(popup, PEOPLE.olga);
  await expect.poll(() => popup.isClosed()).toBe(true);

  await expect(account(page, PEOPLE.olga)).toContainText(`Role: operator, ${profile.name} at ${node.name}`);
  expect(await page.evaluate(() => "stays" in window), "the page was loaded anew").toBe(true);
  await expect(nodeInTree(page, node)).toHaveAccessibleName(
    `${node.name}, ${PEOPLE.olga.name} is signed in here with ${profile.name}`,
  );
  await expectNoAxeViolations(page);
  await account(page, PEOPLE.olga).click();
  await expect(page.getByText(PEOPLE.olga.userName)).toBeVisible();
  await page.getByRole("menuitem", { name: "Account", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Account" })).toBeVisible();
});

test("a refusal in the window ends the waiting and is shown where it was opened, too", async ({ page, request }) => {
  const [node, profile] = [await addListedNode(request), await addProfile(request)];
  await page.goto("/");
  const opened = page.waitForEvent("popup");
  await chooseProfile(page, node, profile);
  const popup = await opened;
  await signInAtProvider(popup, PEOPLE.nora);
  const dialog = page.getByRole("dialog");
  const outcome = dialog.getByRole("status").filter({ hasText: "Your account has no role here." });
  await expect(outcome).toContainText(await readReference(popup));
  await expect(dialog.getByRole("button", { name: profile.name })).toBeVisible();
  await expectNoAxeViolations(page);

  // Another account in the same window still signs in here.
  await popup.getByRole("link", { name: "Try again with another account" }).click();
  await signInAtProvider(popup, PEOPLE.olga);
  await expect(account(page, PEOPLE.olga)).toBeVisible();
});

test("with the keyboard alone", async ({ page, request }) => {
  const [node, profile] = [await addListedNode(request), await addProfile(request)];
  await page.goto("/");
  await nodeInTree(page, node).focus();
  await page.keyboard.press("Shift+F10");
  await expect(page.getByRole("menuitem", { name: "User External Credentials" })).toBeFocused();
  await page.keyboard.press("Enter");
  const choice = page.getByRole("dialog").getByRole("button", { name: profile.name });
  // The dialog takes the focus once when it opens; what is focused earlier loses it.
  await expect(page.getByRole("dialog").locator(":focus")).toHaveCount(1);
  await choice.focus();
  await expect(choice).toBeFocused();
  const opened = page.waitForEvent("popup");
  await page.keyboard.press("Enter");
  const popup = await opened;
  // A window that is closed while it goes to another site can stay open forever.
  await expect(popup.getByRole("button", { name: `Sign in as ${PEOPLE.olga.name}` })).toBeVisible();
  await popup.close();
  await expect(page.getByText("The sign-in window was closed")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("where the browser opens no window, the page goes to the provider and comes back", async ({ page, request }) => {
  const [node, profile] = [await addListedNode(request), await addProfile(request)];
  await page.addInitScript(() => {
    window.open = () => null;
  });
  await page.goto("/");
  await chooseProfile(page, node, profile);
  await signInAtProvider(page, PEOPLE.emil);
  await expect(page).toHaveURL("/");
  await expect(account(page, PEOPLE.emil)).toContainText(node.name);
});

test("from the sign-in page, back to the page that was asked for; sign out and switch account", async ({
  page,
  request,
}) => {
  const profile = await addProfile(request);
  await page.goto("/runs");
  await expect(page).toHaveURL(/\/signin\?returnTo=%2Fruns/);
  await page.getByRole("link", { name: `Sign in with ${profile.name}` }).click();
  await signInAtProvider(page, PEOPLE.olga);
  await expect(page).toHaveURL("/runs");

  await choose(page, PEOPLE.olga, "Switch account");
  await signInAtProvider(page, PEOPLE.lena);
  await expect(account(page, PEOPLE.lena)).toContainText("Role: lead");

  await choose(page, PEOPLE.lena, "Sign out");
  await expect(page).toHaveURL(/\/signin/);
  await page.goto("/runs");
  await expect(page).toHaveURL(/\/signin/);
});

test("a profile that requires a second factor refuses without one, and the button signs in with it", async ({
  page,
  request,
}) => {
  const profile = await addProfile(request, { mfa: "required" });
  await page.goto("/signin");
  await page.getByRole("link", { name: `Sign in with ${profile.name}` }).click();
  await signInAtProvider(page, PEOPLE.emil, "Go on without it");
  await expect(page.getByRole("heading", { name: "A second factor is required" })).toBeVisible();
  await expectNoAxeViolations(page);
  await page.getByRole("link", { name: "Sign in with a second factor" }).click();
  const again = page.getByRole("button", { name: `Sign in as ${PEOPLE.emil.name}` });
  const approve = page.getByRole("button", { name: "Approve" });
  await expect(again.or(approve)).toBeVisible();
  if (await again.isVisible()) await signInAtProvider(page, PEOPLE.emil);
  else await approve.click();
  await expect(account(page, PEOPLE.emil)).toBeVisible();
});

for (const [who, changes, person, words, reason] of [
  ["without roles", {}, PEOPLE.nora, "Your account has no role here.", "no claim “roles”"],
  [
    "in 250 groups",
    { jwtRolesKey: "groups" },
    PEOPLE.greta,
    "This sign-in isn't set up correctly",
    "The person is in too many groups",
  ],
] as const) {
  test(`a user ${who} is refused in plain words, and the reference finds the reason`, async ({ page, request }) => {
    const profile = await addProfile(request, changes);
    await page.goto("/signin");
    await page.getByRole("link", { name: `Sign in with ${profile.name}` }).click();
    await signInAtProvider(page, person);
    await expect(page).toHaveURL(/\/signin\/refused/);
    await expect(page.getByRole("main")).toContainText(words);
    await expect(page.getByRole("main")).not.toContainText(reason);
    await expectNoAxeViolations(page);
    const reference = await readReference(page);
    await page.goto("/runs");
    await expect(page).toHaveURL(/\/signin/);

    await page.context().addCookies(readStack().adminSession);
    await page.goto("/credentials/events");
    await expect(page).toHaveURL("/events");
    await page.getByRole("searchbox", { name: "Search by reference" }).fill(reference);
    const row = page.getByRole("row").filter({ hasText: reference });
    await expect(row).toContainText(profile.name);
    await expect(row).toContainText(reason);
  });
}

test("who was renamed at the provider is the same person", async ({ page, request }) => {
  const profile = await addProfile(request);
  const { sandbox } = readStack();
  const control = await connectControl(sandbox.controlUrl, sandbox.caFile);
  const signInAgain = async (name: string) => {
    await page.context().clearCookies();
    await page.goto("/signin");
    await page.getByRole("link", { name: `Sign in with ${profile.name}` }).click();
    await signInAtProvider(page, { name });
    await expect(account(page, { name })).toBeVisible();
  };
  const find = async (q: string) =>
    (await call<{ items: Made[] }>(request, "GET", `users?q=${q}`)).items.map(({ id }) => id);
  await signInAgain(PEOPLE.ada.name);
  const [before] = await find(PEOPLE.ada.userName);
  const renamed = { name: "Ada Newname", userName: "ada.newname@sandbox.example" };
  await control.changePerson({ subject: PEOPLE.ada.subject, ...renamed });
  try {
    await signInAgain(renamed.name);
    expect(await find(renamed.userName)).toEqual([before]);
    expect(await find(PEOPLE.ada.userName)).toEqual([]);
  } finally {
    const { name, userName } = PEOPLE.ada;
    await control.changePerson({ subject: PEOPLE.ada.subject, name, userName });
  }
});

test("who is disabled in the middle of a session is out, and can't come in again", async ({ page, request }) => {
  const [node, profile] = [await addListedNode(request), await addProfile(request)];
  const person = { subject: PEOPLE.dirk.subject, name: PEOPLE.dirk.name };
  const { sandbox } = readStack();
  const control = await connectControl(sandbox.controlUrl, sandbox.caFile);
  await control.changePerson({ subject: person.subject, isDisabled: false });
  try {
    await page.goto("/");
    await signInByWindow(page, node, profile, person);
    const { items } = await call<{ items: (Made & { version: number })[] }>(
      request,
      "GET",
      `users?q=${PEOPLE.dirk.userName}`,
    );
    const user = items[0]!;
    await call(request, "PATCH", `users/${user.id}`, { version: user.version, disabled: true });
    await page.goto("/runs");
    await expect(page).toHaveURL(/\/signin/);
    await page.getByRole("link", { name: `Sign in with ${profile.name}` }).click();
    const provider = page.getByRole("button", { name: `Sign in as ${person.name}` });
    const refusal = page.getByRole("main").filter({ hasText: /disabled/i });
    await expect(provider.or(refusal)).toBeVisible();
    if (await provider.isVisible()) await signInAtProvider(page, person);
    await expect(page).toHaveURL(/\/signin\/refused/);
    await expect(refusal).toBeVisible();
  } finally {
    await control.changePerson({ subject: person.subject, isDisabled: true });
  }
});

test("a message from another site signs nobody in", async ({ page, request }) => {
  const [node, profile] = [await addListedNode(request), await addProfile(request)];
  await page.goto("/");
  const opened = page.waitForEvent("popup");
  await chooseProfile(page, node, profile);
  const popup = await opened;
  await popup.getByRole("button", { name: `Sign in as ${PEOPLE.olga.name}` }).waitFor();
  // After the workbench's own listener, so that it has dealt with what is heard here.
  await page.evaluate(() => {
    const heard: string[] = [];
    Object.assign(window, { heard });
    window.addEventListener("message", ({ origin }) => heard.push(origin));
  });
  // The provider's page is another site, and holds on to the workbench by its opener.
  await popup.evaluate(() => window.opener.postMessage({ kind: "signed_in", attemptId: "1" }, "*"));
  await page.waitForFunction(() => (window as unknown as { heard: string[] }).heard.length > 0);
  await expect(page.getByText("Continue in the sign-in window.")).toBeVisible();
  await expect(page.getByText("You are signed in.", { exact: true })).toHaveCount(0);

  await signInAtProvider(popup, PEOPLE.olga);
  await expect(account(page, PEOPLE.olga)).toBeVisible();
  await expect(page.getByText("You are signed in.", { exact: true })).toHaveCount(1);
});

test("a site that opened the window of a sign-in is told nothing", async ({ page, context, request }) => {
  const profile = await addProfile(request, { postLogin: "stay" });
  const workbench = await context.newPage();
  await workbench.goto("/signin");
  await workbench.evaluate((name) => {
    new BroadcastChannel(name).onmessage = ({ data }) => Object.assign(window, { told: data });
  }, signInChannel);

  const begin = `${readStack().baseUrl}${authorizePath(profile.id, { mode: "popup", returnTo: "/" })}`;
  const html = `<title>Another site</title><script>
    const heard = [];
    addEventListener("message", ({ data }) => heard.push(data));
  </script><button onclick="window.open('${begin}', 'theirs')">Open</button>`;
  const site = createServer((_, response) => void response.setHeader("content-type", "text/html").end(html));
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  try {
    await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
    const opened = page.waitForEvent("popup");
    await page.getByRole("button", { name: "Open" }).click();
    const popup = await opened;
    await signInAtProvider(popup, PEOPLE.olga);
    await workbench.waitForFunction(() => "told" in window);
    // What one window posts to another arrives in its order: with this, all that came before is there.
    await popup.evaluate(() => window.opener.postMessage("the last word", "*"));
    await page.waitForFunction("heard.includes('the last word')");
    expect(await page.evaluate("heard")).toEqual(["the last word"]);
  } finally {
    site.close();
  }
});
