import type { APIRequestContext, Page } from "@playwright/test";
import { CLIENTS } from "../sandbox/clients.ts";
import { openSection, unique } from "./fixtures/steps.ts";
import { expect, expectNoAxeViolations, readStack, test } from "./fixtures/test.ts";

// The journey of the user's documentation "Credentials", sentence by sentence, against the sandbox's tenant.

async function openCredentials(page: Page): Promise<void> {
  const navigation = page.getByRole("navigation", { name: "Main" });
  await navigation.getByRole("button", { name: "Administration" }).click();
  await navigation.getByRole("link", { name: "Credentials", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Credentials", level: 1 })).toBeVisible();
}

const rowOf = (page: Page, name: string) =>
  page.getByRole("row").filter({ has: page.getByRole("rowheader", { name }) });

async function find(page: Page, name: string): Promise<void> {
  await page.getByRole("searchbox", { name: "Search" }).fill(name);
  await expect(page).toHaveURL(/[?&]q=/);
  await expect(page.getByRole("rowheader")).toHaveCount(1);
}

type Filled = { name: string; clientId?: string; clientSecret?: string; type?: string };

async function fill(page: Page, { name, type = "Application", ...client }: Filled): Promise<void> {
  const { sandbox } = readStack();
  await page.getByLabel("Credential Name").fill(name);
  await page.getByLabel("Type", { exact: true }).selectOption(type);
  await page.getByLabel("Endpoint URL").fill(sandbox.tokenEndpoint);
  await openSection(page, "Provider");
  await page.getByLabel("Provider", { exact: true }).selectOption("Microsoft Entra ID");
  await page.getByLabel("Client ID").fill(client.clientId ?? CLIENTS.ordersApi.clientId);
  await page.getByLabel("Client Secret").fill(client.clientSecret ?? CLIENTS.ordersApi.clientSecret);
  await page.getByLabel("Scope").fill(type === "User" ? "openid profile" : "api://orders/.default");
}

/** Records on the window whether a text appears in the page, until the page reloads. */
const watchFor = (page: Page, text: string) =>
  page.evaluate((text) => {
    const look = () =>
      document.querySelector("main")?.textContent.includes(text) && Object.assign(window, { wasSeen: true });
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
  }, text);

const save = (page: Page) => page.getByRole("button", { name: "Save", exact: true }).click();

async function callApi(request: APIRequestContext, method: string, path: string, data?: unknown) {
  const { baseUrl, apiKey } = readStack();
  const response = await request.fetch(`${baseUrl}/api/v1/${path}`, {
    method,
    data,
    headers: { authorization: `Bearer ${apiKey}` },
  });
  expect(response.ok(), `${method} ${path}: ${response.status()}`).toBe(true);
  return response.status() === 204 ? null : response.json();
}

const addByApi = (request: APIRequestContext, name: string) =>
  callApi(request, "POST", "credentials", {
    name,
    type: "application",
    provider: "entra",
    endpointUrl: readStack().sandbox.tokenEndpoint,
    clientId: CLIENTS.ordersApi.clientId,
    clientSecret: CLIENTS.ordersApi.clientSecret,
    scope: "api://orders/.default",
  });

test("an Application credential is added, becomes Active, is edited and deleted", async ({ adminPage: page }) => {
  const name = unique("Orders API");
  await page.goto("/");
  await openCredentials(page);
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Add credential" })).toBeVisible();
  await fill(page, { name });
  await page.getByLabel("Grant Type").selectOption("Client Credentials");
  await page.getByLabel("Refresh interval").fill("10");
  await expect(page.getByLabel("Unit")).toHaveValue("min");
  await page.getByLabel("Proxy Settings").selectOption("None");
  await expectNoAxeViolations(page);
  await watchFor(page, "Unverified");
  await save(page);

  // The credential's own page requests a token immediately and shows each step; its status is that of the save throughout.
  await expect(page.getByRole("heading", { name, level: 1, exact: true })).toBeVisible();
  await expect(page.getByText(`${name}: Active`)).toBeVisible();
  await expect(page.getByRole("heading", { name, level: 1, exact: true }).locator("..")).toContainText("Active");
  expect(await page.evaluate(() => "wasSeen" in window)).toBe(false);
  const check = page.getByRole("region", { name: `Check of ${name}` });
  await expect(check.getByRole("listitem").filter({ hasText: "Token" }).last()).toContainText("Passed");
  await expect(page.getByRole("table", { name: "Checks and token requests" })).toContainText("Succeeded");
  await expectNoAxeViolations(page);

  await openCredentials(page);
  await find(page, name);
  await expect(rowOf(page, name)).toContainText("Active");
  await expectNoAxeViolations(page);

  // Select, then edit or delete.
  const selection = page.getByRole("toolbar", { name: "Actions for the selected credentials" });
  await expect(selection).toBeHidden();
  await rowOf(page, name).getByRole("checkbox").check();
  await expectNoAxeViolations(page);
  await selection.getByRole("link", { name: "Edit", exact: true }).click();
  await expect(page.getByRole("heading", { name: `Edit ${name}` })).toBeVisible();
  await openSection(page, "Ownership");
  await page.getByLabel("Owner", { exact: true }).fill("Plant operations");
  await save(page);
  await expect(page.getByText("Plant operations")).toBeVisible();
  await expect(page.getByRole("heading", { name, level: 1, exact: true }).locator("..")).toContainText("Active");

  await openCredentials(page);
  await find(page, name);
  await rowOf(page, name).getByText("Application").click();
  await selection.getByRole("button", { name: "Delete", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("This action cannot be undone");
  await expect(dialog).toContainText("No transport uses it");
  await expectNoAxeViolations(page);
  await dialog.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(page.getByText("No credential fits")).toBeVisible();
});

test("a wrong secret is said at its field, and the right one makes the credential Active without a reload", async ({
  adminPage: page,
}) => {
  const name = unique("Wrong secret");
  await page.goto("/credentials/new");
  await fill(page, { name, clientSecret: "not-the-secret" });
  await save(page);
  const header = page.getByRole("heading", { name, level: 1, exact: true }).locator("..");
  await expect(header).toContainText("Action needed");
  const log = page.getByRole("table", { name: "Checks and token requests" });
  await expect(log).toContainText("invalid_client");
  await expect(log).toContainText("AADSTS7000215");
  await expect(log).toContainText("Correlation ID");
  await page.getByRole("link", { name: "Look at Client Secret" }).first().click();
  await page.getByRole("button", { name: "Replace Client Secret" }).click();
  await page.getByLabel("Client Secret", { exact: true }).fill(CLIENTS.ordersApi.clientSecret);
  await save(page);
  await expect(header).toContainText("Active");
  await page.getByRole("button", { name: "Check now" }).click();
  await expect(page.getByRole("region", { name: `Check of ${name}` })).toContainText("Active");
});

test("a User credential has the JWT fields and the redirect URI", async ({ adminPage: page }) => {
  const name = unique("Workbench sign-in");
  await page.goto("/credentials/new");
  await expect(page.getByLabel("JWT Username")).toBeHidden();
  await page.getByLabel("Grant Type").selectOption("Authorization Code");
  await expect(page.getByLabel("Type", { exact: true })).toHaveValue("user");
  const { clientId, clientSecret } = CLIENTS.workbench;
  await fill(page, { name, type: "User", clientId, clientSecret });
  await expect(page.getByText("/api/credentials/callback")).toBeVisible();
  await page.getByLabel("JWT Username").fill("upn");
  await page.getByLabel("JWT Roles Key").fill("groups");
  const warning = page.getByText("No user can sign in yet");
  await expect(warning).toBeVisible();
  await openSection(page, "Roles");
  await page.getByRole("button", { name: "Add mapping" }).click();
  await page.getByLabel("Claim value 1").fill("Plant7.Operators");
  await expect(warning).toBeHidden();
  await page.getByRole("button", { name: "Remove mapping 1" }).click();
  await expect(warning).toBeVisible();
  await page.getByLabel("Default role").selectOption("operator");
  await expect(warning).toBeHidden();
  await expectNoAxeViolations(page);
  await save(page);
  await expect(page.getByRole("heading", { name, level: 1, exact: true })).toBeVisible();
  await expect(page.getByText("Authorization Code", { exact: false }).first()).toBeVisible();
  await expect(page.getByRole("definition").filter({ hasText: /^upn$/ })).toBeVisible();
  await expect(page.getByRole("definition").filter({ hasText: /^groups$/ })).toBeVisible();
  await expect(page.getByText(`${name}: Active`)).toBeVisible();
  await expect(page.getByRole("region", { name: `Check of ${name}` })).toContainText("Client");
});

test("complaints stand at their fields, an Entra tenant ID is completed, and leaving asks first", async ({
  adminPage: page,
}) => {
  await page.goto("/credentials/new");
  await save(page);
  for (const field of ["Credential Name", "Endpoint URL", "Client ID", "Client Secret"]) {
    await expect(page.getByLabel(field)).toHaveAttribute("aria-invalid", "true");
  }
  await expect(page.getByText("Enter a name.")).toBeVisible();
  await page.getByLabel("Endpoint URL").fill(' "72f988bf-86f1-41af-91ab-2d7cd011db47"');
  await page.getByLabel("Client ID").focus();
  await expect(page.getByLabel("Endpoint URL")).toHaveValue(
    "https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/oauth2/v2.0/token",
  );
  await expect(page.getByText("Completed from the tenant id.")).toBeVisible();

  // A closed section keeps what was entered, and opens for a validation error.
  await page.getByLabel("Credential Name").fill("Complete");
  await page.getByLabel("Client ID").fill("client");
  await page.getByLabel("Client Secret").fill("secret");
  await page.getByLabel("Scope").fill("api://orders/.default");
  await openSection(page, "Ownership");
  const address = page.getByLabel("Owner's e-mail");
  await address.fill("nobody");
  await openSection(page, "Ownership");
  await expect(address).toBeHidden();
  await save(page);
  await expect(address).toBeFocused();
  await expect(address).toHaveValue("nobody");

  await page.getByRole("link", { name: "Cancel" }).click();
  const dialog = page.getByRole("dialog", { name: "Leave without saving?" });
  await dialog.getByRole("button", { name: "Keep editing" }).click();
  await expect(page).toHaveURL(/\/credentials\/new$/);
  await page.getByRole("link", { name: "Cancel" }).click();
  await dialog.getByRole("button", { name: "Discard changes" }).click();
  await expect(page).toHaveURL(/\/credentials$/);
});

test("a provider's card and pasted settings fill in the form, and a pasted secret isn't sent", async ({
  adminPage: page,
}) => {
  const { tokenEndpoint } = readStack().sandbox;
  await page.goto("/credentials/new");
  await page.getByRole("button", { name: "OpenID Connect" }).click();
  await page.getByLabel("Issuer or discovery URL").fill(tokenEndpoint.replace("/oauth2/v2.0/token", "/v2.0"));
  await page.getByRole("button", { name: "Fill in the form" }).click();
  await expect(page.getByLabel("Endpoint URL")).toHaveValue(tokenEndpoint);
  const sent: string[] = [];
  page.on("request", (request) => sent.push(`${request.url()} ${request.postData() ?? ""}`));
  await page.getByLabel("Paste settings").fill("CLIENT_ID=pasted-client\nCLIENT_SECRET=pasted-secret-1\n");
  await expect(page.getByText("Filled in: Client ID, Client Secret.")).toBeVisible();
  await expect(page.getByLabel("Client Secret")).toHaveValue("pasted-secret-1");
  await expectNoAxeViolations(page);
  expect(sent.join("\n")).not.toContain("pasted-secret-1");
});

test("a name that is taken is said at the name", async ({ adminPage: page, request }) => {
  const name = unique("Taken");
  await addByApi(request, name);
  await page.goto("/credentials/new");
  await fill(page, { name: name.toUpperCase() });
  await save(page);
  await expect(page.getByLabel("Credential Name")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByText("There is a credential named")).toBeVisible();
});

test("an edit that others overtook shows what they changed and keeps mine", async ({ adminPage: page, request }) => {
  const name = unique("Overtaken");
  const { id, version } = await addByApi(request, name);
  await page.goto(`/credentials/${id}/edit`);
  await openSection(page, "Ownership");
  await page.getByLabel("Notes").fill("Mine");
  await callApi(request, "PATCH", `credentials/${id}`, { version, owner: "Theirs" });
  await save(page);
  const notice = page.getByRole("alert").filter({ hasText: "Changed meanwhile" });
  await expect(notice).toContainText("Owner: empty → Theirs");
  await expectNoAxeViolations(page);
  await notice.getByRole("button", { name: "Keep mine" }).click();
  await expect(page.getByLabel("Owner", { exact: true })).toHaveValue("Theirs");
  await save(page);
  await expect(page.getByRole("heading", { name, level: 1, exact: true })).toBeVisible();
  expect(await callApi(request, "GET", `credentials/${id}`)).toMatchObject({ owner: "Theirs", notes: "Mine" });
});

test("a stored secret is not sent to another server", async ({ adminPage: page, request }) => {
  const { id } = await addByApi(request, unique("Moved"));
  await page.goto(`/credentials/${id}/edit`);
  await page.getByLabel("Endpoint URL").fill("https://evil.example.com/token");
  await openSection(page, "Provider");
  await page.getByLabel("Provider", { exact: true }).selectOption("Detect automatically");
  await save(page);
  await expect(page.getByText("a stored secret is never sent to another server")).toBeVisible();
});

/** A credential with a transport and a trigger, one that could take its place, and one that allows its host already. */
async function addUsedCredential(request: APIRequestContext) {
  const [credential, next, other] = [
    await addByApi(request, unique("In use")),
    await addByApi(request, unique("Next")),
    await addByApi(request, unique("Listed")),
  ];
  const listed = await callApi(request, "PATCH", `credentials/${other.id}`, {
    version: other.version,
    allowedHosts: [new URL(readStack().sandbox.serviceUrl).host],
  });
  const node = await callApi(request, "POST", "nodes", { name: unique("Plant"), parentId: null });
  const transport = await callApi(request, "POST", "transports", {
    name: unique("Orders"),
    nodeId: node.id,
    type: "HTTP",
    http: { url: `${readStack().sandbox.serviceUrl}/orders`, method: "POST", headers: [] },
    authorization: { kind: "credential", credentialId: credential.id },
  });
  const trigger = await callApi(request, "POST", "triggers", {
    name: unique("Send order"),
    nodeId: node.id,
    transportId: transport.id,
    event: { kind: "on_demand" },
    request: { path: "", query: {}, headers: [], body: "" },
  });
  return { credential, next, listed, transport, trigger };
}

test("a credential that a transport uses is not deleted; the dialog says which, and gives it another one", async ({
  adminPage: page,
  request,
}) => {
  const { credential, next, listed, transport, trigger } = await addUsedCredential(request);
  await page.goto(`/credentials/${credential.id}`);
  await expect(page.getByRole("region", { name: "Used by" })).toContainText(transport.name);
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("It can't be deleted now: 1 transport and 1 trigger on 1 node depend on it.");
  await expect(dialog.getByRole("link", { name: transport.name })).toBeVisible();
  await expect(dialog.getByRole("link", { name: trigger.name })).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Delete", exact: true })).toBeDisabled();
  await expectNoAxeViolations(page);

  // Before another one takes its place, the dialog shows where its token can then go, too.
  const select = async (other: string) => {
    await dialog.getByRole("combobox", { name: "Reassign to…" }).fill(other);
    await page.getByRole("option", { name: other }).click();
  };
  const { origin } = new URL(readStack().sandbox.serviceUrl);
  await select(next.name);
  await expect(dialog.getByText(`The credential can then also send its token to ${origin}.`)).toBeVisible();
  await select(listed.name);
  await expect(dialog.getByText("can then also send")).toHaveCount(0);
  await dialog.getByRole("button", { name: "Reassign 1 transport" }).click();
  await expect(dialog).toContainText("No transport uses it.");
  await dialog.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(page).toHaveURL(/\/credentials$/);
  await page.goto(`/transports/${transport.id}`);
  await expect(page.getByRole("main")).toContainText(listed.name);
});

test("before an edit and before disabling, the page tells what is touched", async ({ adminPage: page, request }) => {
  const { credential, transport, next } = await addUsedCredential(request);
  await page.goto(`/credentials/${credential.id}/edit`);
  const touched = page.getByRole("region", { name: "What a change touches" });
  await expect(touched).toContainText("1 transport and 1 trigger on 1 node depend on it.");
  await expect(touched.getByRole("link", { name: transport.name })).toBeVisible();
  await expectNoAxeViolations(page);

  await page.goto(`/credentials/${credential.id}`);
  await page.getByRole("button", { name: "Disable" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("Runs that need it fail from now on.");
  await dialog.getByRole("combobox", { name: "Reassign to…" }).fill(next.name);
  await page.getByRole("option", { name: next.name }).click();
  await dialog.getByRole("button", { name: "Reassign 1 transport" }).click();
  await expect(dialog).toContainText("No transport uses it.");
  await dialog.getByRole("button", { name: "Disable", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: credential.name }).locator("..")).toContainText("Disabled");
  await expect(page.getByRole("region", { name: "Used by" })).toContainText("No transport uses it yet.");
});

test("a credential is disabled and enabled again", async ({ adminPage: page, request }) => {
  const name = unique("Switched");
  const { id } = await addByApi(request, name);
  await page.goto(`/credentials/${id}`);
  const header = page.getByRole("heading", { name, level: 1, exact: true }).locator("..");
  await page.getByRole("button", { name: "Disable" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Disable" }).click();
  await expect(header).toContainText("Disabled");
  await page.getByRole("button", { name: "Enable" }).click();
  await expect(header).toContainText("Active");
});

test("several credentials are disabled, enabled, checked, and deleted; each says what happened to it", async ({
  adminPage: page,
  request,
}) => {
  const { credential: used, next: free, listed: gone } = await addUsedCredential(request);
  const prefix = unique("Bulk");
  for (const { id, name } of [used, free, gone]) {
    const { version } = await callApi(request, "GET", `credentials/${id}`);
    await callApi(request, "PATCH", `credentials/${id}`, { version, name: `${prefix} ${name}` });
  }
  const [usedRow, freeRow, goneRow] = [used, free, gone].map(({ name }) => rowOf(page, `${prefix} ${name}`));
  await page.goto(`/credentials?q=${encodeURIComponent(prefix)}`);
  await page.getByRole("checkbox", { name: "Select all credentials on this page" }).check();
  const bar = page.getByRole("toolbar", { name: "Actions for the selected credentials" });
  await expect(bar).toContainText("3 selected");

  // What one can't do doesn't stop the others.
  await callApi(request, "DELETE", `credentials/${gone.id}`);
  await bar.getByRole("button", { name: "Disable" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("link", { name: "1 transport" })).toBeVisible();
  await expectNoAxeViolations(page);
  await dialog.getByRole("button", { name: "Disable" }).click();
  const results = page.getByRole("region", { name: "Results" });
  await expect(results).toContainText("Disabled 2 of 3 credentials");
  await expect(results.getByRole("listitem").filter({ hasText: gone.name })).toContainText("deleted");
  await expect(results.getByRole("link", { name: `${prefix} ${free.name}` })).toBeVisible();
  await expect(goneRow!).toHaveCount(0);
  await expect(freeRow!).toContainText("Disabled");
  await expectNoAxeViolations(page);

  await page.getByRole("checkbox", { name: "Select all credentials on this page" }).check();
  await bar.getByRole("button", { name: "Enable" }).click();
  await expect(results).toContainText("Enabled 2 credentials");
  await expect(freeRow!).not.toContainText("Disabled");
  await expect(bar).toBeHidden();

  // A check leaves the list as it is, and shows its steps next to it.
  await freeRow!.getByRole("button", { name: `Actions for ${prefix} ${free.name}` }).click();
  await expectNoAxeViolations(page);
  await page.getByRole("menuitem", { name: "Check now" }).click();
  const steps = page.getByRole("dialog", { name: "Connection check" });
  await expect(steps.getByRole("region", { name: `Check of ${prefix} ${free.name}` })).toContainText("Active");
  await expectNoAxeViolations(page);
  await steps.getByRole("button", { name: "Close" }).click();
  await expect(freeRow!).toContainText("Active");

  await page.getByRole("checkbox", { name: "Select all credentials on this page" }).check();
  await bar.getByRole("button", { name: "Delete" }).click();
  await expect(dialog).toContainText("not in use");
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect(results).toContainText("Deleted 1 of 2 credentials");
  await expect(results.getByRole("listitem").filter({ hasText: used.name })).toContainText("1 transport uses it");
  await expect(freeRow!).toHaveCount(0);
  // What failed stays selected.
  await expect(usedRow!.getByRole("checkbox")).toBeChecked();
});
