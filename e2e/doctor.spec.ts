import type { APIRequestContext, Page } from "@playwright/test";
import { CLIENTS } from "../sandbox/clients.ts";
import { openSection, unique } from "./fixtures/steps.ts";
import { expect, expectNoAxeViolations, readStack, test } from "./fixtures/test.ts";

// What a check tells, before and after saving: with a wrong secret first, then mended, then at the services.

const wrongSecret = "canary-wrong-secret-0123456789";

async function callApi(request: APIRequestContext, path: string, data: unknown) {
  const { baseUrl, apiKey } = readStack();
  const response = await request.post(`${baseUrl}/api/v1/${path}`, {
    data,
    headers: { authorization: `Bearer ${apiKey}` },
  });
  expect(response.ok(), `${path}: ${response.status()}`).toBe(true);
  return response.json();
}

const stepOf = (page: Page, region: string, step: string) =>
  page
    .getByRole("region", { name: region, exact: true })
    .getByRole("listitem")
    .filter({ has: page.getByText(step, { exact: true }) });

test("values are checked before they are saved, mended at the field, saved, and tried at the service", async ({
  adminPage: page,
  request,
}) => {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const { sandbox } = readStack();
  await page.goto("/credentials/new");
  await page.getByLabel("Endpoint URL").fill(sandbox.tokenEndpoint);
  await openSection(page, "Provider");
  await page.getByLabel("Provider", { exact: true }).selectOption("Microsoft Entra ID");
  const check = page.getByRole("button", { name: "Check", exact: true });

  // What can't be sent is said at its field, without asking anybody.
  await check.click();
  await expect(page.getByText("Enter the client ID.")).toBeVisible();
  await page.getByLabel("Client ID").fill(CLIENTS.ordersApi.clientId);
  await page.getByLabel("Client Secret").fill(wrongSecret);
  await page.getByLabel("Scope").fill("api://orders/.default");

  await check.click();
  const unsaved = "Check of these values";
  await expect(stepOf(page, unsaved, "TLS")).toContainText("Passed");
  const client = stepOf(page, unsaved, "Client");
  await expect(client).toContainText("Failed");
  await expect(client).toContainText("The client secret is wrong");
  await expect(client.getByRole("link", { name: /Open in Entra: .*Certificates & secrets/ })).toHaveAttribute(
    "href",
    /^https:\/\/entra\.microsoft\.com\/#view\/.*Credentials\/appId\//,
  );
  await page.getByText("later steps not run because “Client” failed").click();
  await expect(stepOf(page, unsaved, "Scope")).toContainText("Not looked at, since “Client” failed.");
  await expect(page.getByText(/^Check: The client secret is wrong/)).toBeVisible();
  await expectNoAxeViolations(page);

  await client.getByRole("button", { name: "Go to Client Secret" }).click();
  await expect(page.getByLabel("Client Secret")).toBeFocused();
  await page.getByLabel("Client Secret").fill(CLIENTS.ordersApi.clientSecret);
  await check.click();
  await expect(page.getByRole("region", { name: unsaved })).toContainText("Active");
  await expect(page.getByText(/^Check: The client secret/)).toHaveCount(0);
  await expect(stepOf(page, unsaved, "Token")).toContainText("Passed");

  const name = unique("Doctor");
  await page.getByLabel("Credential Name").fill(name);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("heading", { name, level: 1, exact: true })).toBeVisible();
  const saved = `Check of ${name}`;
  await expect(stepOf(page, saved, "Clock")).toContainText("Passed");

  // A transport that sends its token: the next check tries it there.
  const credentialId = new URL(page.url()).pathname.split("/").at(-1);
  const node = await callApi(request, "nodes", { name: unique("Doctor's plant"), parentId: null });
  const transport = await callApi(request, "transports", {
    name: unique("Orders"),
    nodeId: node.id,
    type: "HTTP",
    http: { url: `${sandbox.serviceUrl}/orders`, method: "POST", headers: [] },
    authorization: { kind: "credential", credentialId },
  });
  await page.getByRole("button", { name: "Check now" }).click();
  const tried = stepOf(page, saved, "Transport");
  await expect(tried).toContainText("Passed");
  await expect(tried).toContainText("the token is accepted");
  await expect(tried.getByRole("link", { name: transport.name })).toBeVisible();
  await expectNoAxeViolations(page);

  await page.getByRole("button", { name: "Copy for the IT team" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Copied" }).first()).toBeAttached();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain(`Check of the OAuth2 credential “${name}”: passed`);
  expect(copied).toContain(CLIENTS.ordersApi.clientId);
  expect(copied).toMatch(/Issuer: .+\n\s+Valid: 20\d\d-.+Z to 20\d\d-/);
  expect(copied).toMatch(/Portal: Sallyport \d/);
  for (const secret of [CLIENTS.ordersApi.clientSecret, wrongSecret, "eyJ"]) expect(copied).not.toContain(secret);

  // It is there for who comes later, too.
  await page.reload();
  await page.getByText("Last check", { exact: true }).click();
  await expect(stepOf(page, saved, "Transport")).toContainText("Passed");

  // An edit is checked with the stored secret, and nothing of it stays.
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await page.getByLabel("Scope").fill("api://nothing/.default");
  await check.click();
  await expect(stepOf(page, unsaved, "Scope")).toContainText("Failed");
  await expect(page.getByText(/^Check: The tenant has no resource/)).toBeVisible();
  await page.getByLabel("Scope").fill("api://orders/.default");
  await page.getByRole("link", { name: "Cancel" }).click();
  await expect(page.getByRole("heading", { name, level: 1, exact: true })).toBeVisible();
  await expect(page.getByRole("region", { name: saved, exact: true })).toContainText("Last check");
});

test("what Entra refused stands explained in the event log and in the run, with the page to open", async ({
  adminPage: page,
  request,
}) => {
  const { sandbox } = readStack();
  const name = unique("Wrong secret");
  const credential = await callApi(request, "credentials", {
    name,
    type: "application",
    provider: "entra",
    endpointUrl: sandbox.tokenEndpoint,
    clientId: CLIENTS.ordersApi.clientId,
    clientSecret: wrongSecret,
    scope: "api://orders/.default",
  });
  await page.goto(`/credentials/${credential.id}`);
  const log = page.getByRole("table", { name: "Checks and token requests" });
  await expect(
    log.getByText(/The client secret is wrong\. Enter the secret's value, not its ID/).first(),
  ).toBeVisible();
  await expect(log.getByRole("link", { name: /Open in Entra: .*Certificates & secrets/ }).first()).toBeVisible();
  await expectNoAxeViolations(page);

  const node = await callApi(request, "nodes", { name: unique("Doctor's plant"), parentId: null });
  const transport = await callApi(request, "transports", {
    name: unique("Orders"),
    nodeId: node.id,
    type: "HTTP",
    http: { url: `${sandbox.serviceUrl}/orders`, method: "POST", headers: [] },
    authorization: { kind: "credential", credentialId: credential.id },
  });
  const run = await callApi(request, `transports/${transport.id}/test`, {});
  await page.goto(`/runs/${run.id}`);
  await expect(page.getByRole("link", { name: "AADSTS7000215 at Microsoft" })).toBeVisible();
  await expect(page.getByRole("link", { name: /Open in Entra/ })).toBeVisible();
  await expectNoAxeViolations(page);
});
