import type { Page } from "@playwright/test";
import { pick, prepare, prepareCredential, receipt } from "./fixtures/steps.ts";
import { expect, expectNoAxeViolations, readStack, test } from "./fixtures/test.ts";

/** Opens a tab of the request or the response. */
async function openTab(page: Page, message: "Request" | "Response", name: RegExp) {
  await receipt(page).getByRole("tablist", { name: message }).getByRole("tab", { name }).click();
}

/** What the receipt shows next to a label. */
function fact(page: Page, label: string) {
  return receipt(page)
    .locator("dl > div")
    .filter({ has: page.locator("dt", { hasText: new RegExp(`^${label}$`) }) })
    .locator("dd");
}

test("a credential is assigned to a transport, and a trigger that uses it sends its token", async ({
  adminPage: page,
}) => {
  const { sandbox } = readStack();
  const suffix = crypto.randomUUID().slice(0, 8);
  const node = `Dock ${suffix}`;
  const credential = `Dock API ${suffix}`;
  await prepare("nodes", { name: node, parentId: null });
  const { control, clientId } = await prepareCredential(credential);

  await test.step("Navigate to Transport configuration", async () => {
    await page.goto("/transports");
    await expectNoAxeViolations(page);
    await page.getByRole("link", { name: "Add transport" }).click();
    await page.getByLabel("Transport Name").fill(`Gate ${suffix}`);
    await pick(page, "Node", node);
    await page.getByLabel("Type", { exact: true }).selectOption("HTTP");
    await page.getByLabel("URL", { exact: true }).fill("https://elsewhere.example.com");
    await page.getByLabel("Method").selectOption("POST");
  });

  await test.step("In the Authorization dropdown, select Credential: a new field Name appears", async () => {
    const name = page.getByRole("combobox", { name: "Name", exact: true });
    await expect(name).toHaveCount(0);
    await page.getByLabel("Authorization", { exact: true }).selectOption({ label: "Credential" });
    await name.click();
    const option = page.getByRole("option", { name: credential });
    await expect(option).toContainText("Active");
    await option.click();
    await expectNoAxeViolations(page);
  });

  await test.step("a host that the credential does not allow is refused at the field", async () => {
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText(/^Allow https:\/\/elsewhere\.example\.com below/)).toBeVisible();
    await page.getByLabel("URL", { exact: true }).fill(sandbox.serviceUrl);
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Gate ${suffix}`);
    await expect(page.getByRole("link", { name: credential })).toBeVisible();
    await expectNoAxeViolations(page);
  });

  await test.step("Test sends a request and shows its receipt in place", async () => {
    await page.getByLabel("Path", { exact: true }).fill(`/echo/test-${suffix}`);
    await page.getByRole("button", { name: "Test", exact: true }).click();
    await expect(receipt(page).getByText("Succeeded")).toBeVisible();
    await expect(receipt(page).getByText("Bearer [removed]")).toBeVisible();
    await expectNoAxeViolations(page);
  });

  await test.step("a trigger is made that uses this transport, with a preview of its request", async () => {
    await page.getByRole("link", { name: "New trigger" }).click();
    await page.getByLabel("Trigger Name").fill(`Send ${suffix}`);
    await page.getByLabel("Path", { exact: true }).fill(`/echo/run-${suffix}`);
    const body = page.getByRole("textbox", { name: "Body", exact: true });
    await body.fill('{"id": "{{variables.id');
    await expect(page.getByText(/not closed.*line:1/).first()).toBeVisible();
    await body.fill('{"id": "{{variables.id}}", "note": "{{variables.note}}"}');
    const preview = page.getByRole("region", { name: "Preview" });
    await expect(preview.getByText(`POST ${sandbox.serviceUrl}/echo/run-${suffix}`)).toBeVisible();
    await preview.getByLabel("note", { exact: true }).fill('say "hi"');
    await expect(preview.getByText('"note": "say \\"hi\\""')).toBeVisible();
    await expectNoAxeViolations(page);
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Send ${suffix}`);
  });

  await test.step("Run the trigger using this transport: the token is retrieved and injected", async () => {
    await page.getByRole("link", { name: "Run", exact: true }).click();
    await page.getByLabel("id", { exact: true }).fill("4711");
    await page.getByLabel("note", { exact: true }).fill("two\nlines");
    await expectNoAxeViolations(page);
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await expect(receipt(page).getByText("Succeeded")).toBeVisible();
    await expect(receipt(page).getByText('"note": "two\\nlines"').first()).toBeVisible();
    await openTab(page, "Request", /^Headers/);
    await expect(receipt(page).getByText("Bearer [removed]")).toBeVisible();
    await openTab(page, "Request", /^Token$/);
    await expect(fact(page, "Token source")).toContainText("Cache");
    await openTab(page, "Response", /^Timing$/);
    await expect(receipt(page).getByRole("row", { name: /^First byte/ })).toBeVisible();
    await expectNoAxeViolations(page);
  });

  await test.step("a token that the service takes no more is renewed once, and both attempts are shown", async () => {
    await control.revokeTokens({ clientId });
    await page.getByRole("button", { name: "Run again" }).click();
    await expect(receipt(page).getByText("2 attempts")).toBeVisible();
    await expect(receipt(page).getByText("Succeeded")).toBeVisible();
    await expect(fact(page, "Token source").last()).toContainText("Refreshed");
    await expect(receipt(page).getByRole("heading", { name: "Attempt 2 of 2" })).toBeVisible();
    await page.getByRole("button", { name: "Run again" }).click();
    await expect(receipt(page).getByText("1 attempt", { exact: true })).toBeVisible();
    await expect(fact(page, "Token source")).toContainText("Cache");
  });

  await test.step("the service saw the credential's token each time", async () => {
    const seen = (await control.listServiceRequests()).filter(({ path }) => path === `/echo/run-${suffix}`);
    expect(seen.map(({ status }) => status)).toEqual([200, 401, 200, 200]);
    const [first, , third, fourth] = seen;
    expect(first?.clientId).toBe(clientId);
    expect(third?.tokenId).not.toBe(first?.tokenId);
    expect(fourth?.tokenId).toBe(third?.tokenId);
  });

  await test.step("the runs stand in the list, each with its page", async () => {
    await page.getByRole("link", { name: "Open the run" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Run of Send ${suffix}`);
    await expect(receipt(page).getByRole("link", { name: "Event log of the credential" })).toBeVisible();
    await expectNoAxeViolations(page);
  });

  await test.step("a run is compared with the last success, and run again with the same variables", async () => {
    await page.getByRole("link", { name: "Run again" }).click();
    await expect(page.getByLabel("id", { exact: true })).toHaveValue("4711");
    await page.getByLabel("note", { exact: true }).fill("another");
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await receipt(page).getByRole("link", { name: "Compare with last success" }).click();
    const body = page.getByRole("region", { name: "Differences: Request body" });
    await expect(body.getByRole("row", { name: /Only in the last success.*two\\nlines/ })).toBeVisible();
    await expect(body.getByRole("row", { name: /Only in this run.*another/ })).toBeVisible();
    await expectNoAxeViolations(page);
    await page.getByRole("link", { name: "Runs", exact: true }).first().click();
    await pick(page, "Trigger", `Send ${suffix}`);
    await expect(page).toHaveURL(/triggerId=/);
    await expect(page.getByRole("row")).toHaveCount(5);
    await expectNoAxeViolations(page);
  });

  await test.step("what is in use can't be deleted, and deleting says that it can't be undone", async () => {
    await page
      .getByRole("table")
      .getByRole("link", { name: `Gate ${suffix}` })
      .first()
      .click();
    await page.getByRole("button", { name: "Delete" }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByText("This action cannot be undone.")).toBeVisible();
    await expect(dialog.getByRole("link", { name: `Send ${suffix}` })).toBeVisible();
    await expect(dialog.getByRole("button", { name: "Delete" })).toBeDisabled();
    await dialog.getByRole("link", { name: `Send ${suffix}` }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Send ${suffix}`);
    await page.getByRole("main").getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await expect(page).toHaveURL(/\/triggers$/);
  });
});

test("an edit made from an old version is refused, and shows what changed meanwhile", async ({ adminPage: page }) => {
  const suffix = crypto.randomUUID().slice(0, 8);
  const node = await prepare<{ id: string }>("nodes", { name: `Quay ${suffix}`, parentId: null });
  const http = { url: readStack().sandbox.serviceUrl, method: "GET", headers: [] };
  const transport = await prepare<{ id: string }>("transports", {
    name: `Crane ${suffix}`,
    nodeId: node.id,
    type: "HTTP",
    http,
    authorization: { kind: "none" },
  });
  await page.goto(`/transports/${transport.id}/edit`);
  await page.getByLabel("Notes").fill("mine");
  await page.request.patch(`/api/v1/transports/${transport.id}`, {
    headers: { authorization: `Bearer ${readStack().apiKey}` },
    data: { version: 1, timeoutMs: 12_345 },
  });
  await page.getByRole("button", { name: "Save" }).click();
  const notice = page.getByRole("alert").filter({ hasText: "Changed meanwhile" });
  await expect(notice).toContainText("Timeout: 30000 → 12345");
  await expectNoAxeViolations(page);
  await notice.getByRole("button", { name: "Keep mine" }).click();
  await expect(page.getByLabel("Notes")).toHaveValue("mine");
  await expect(page.getByLabel("Timeout", { exact: true })).toHaveValue("12 345");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Crane ${suffix}`);
  await expect(page.getByText("Version 3")).toBeVisible();
});

test("an operator runs a trigger and changes nothing", async ({ openPage }) => {
  const { sandbox } = readStack();
  const suffix = crypto.randomUUID().slice(0, 8);
  const node = await prepare<{ id: string }>("nodes", { name: `Pier ${suffix}`, parentId: null });
  const transport = await prepare<{ id: string }>("transports", {
    name: `Lift ${suffix}`,
    nodeId: node.id,
    type: "HTTP",
    http: { url: `${sandbox.serviceUrl}/public`, method: "POST", headers: [] },
    authorization: { kind: "none" },
  });
  const trigger = await prepare<{ id: string }>("triggers", {
    name: `Raise ${suffix}`,
    nodeId: node.id,
    transportId: transport.id,
    request: { body: '{"floor": {{variables.floor}}}' },
  });
  const account = { username: `olga-${suffix}`, password: "operator-password" };
  const roles = [{ role: "operator", nodeId: node.id }];
  await prepare("users", { ...account, displayName: "Olga", mustChangePassword: false, roles });

  const page = await openPage(account);
  await page.goto(`/triggers/${trigger.id}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Raise ${suffix}`);
  await expect(page.getByRole("link", { name: "Edit" })).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Delete" })).toHaveCount(0);
  await page.getByRole("link", { name: "Run", exact: true }).click();
  await page.getByLabel("floor", { exact: true }).fill("three");
  await page.getByRole("checkbox", { name: /Parse as JSON.*floor/ }).check();
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByText("This is not a JSON value")).toBeVisible();
  await page.getByLabel("floor", { exact: true }).fill("3");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(receipt(page).getByText("Succeeded")).toBeVisible();
  await expect(receipt(page).getByText('"floor": 3').first()).toBeVisible();
  await expectNoAxeViolations(page);
  for (const path of [`/transports/${transport.id}/edit`, `/triggers/${trigger.id}/edit`, "/transports/new"]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 }), path).toHaveText("You may not see this page");
  }
});
