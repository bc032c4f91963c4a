import { readFileSync } from "node:fs";
import { pick, prepare, unique } from "./fixtures/steps.ts";
import { expect, expectNoAxeViolations, test } from "./fixtures/test.ts";

test("a lead reviews the dashboard: picks a node and a time, follows a number, downloads, signs off", async ({
  adminPage,
  stack,
}) => {
  const page = adminPage;
  const hall = unique("Review hall");
  const node = await prepare<{ id: string }>("nodes", { name: hall, parentId: null });
  const transport = await prepare<{ id: string }>("transports", {
    name: "Nowhere",
    nodeId: node.id,
    type: "HTTP",
    http: { url: `${stack.sandbox.serviceUrl}/missing`, method: "GET", headers: [] },
    authorization: { kind: "none" },
  });
  const trigger = await prepare<{ id: string }>("triggers", {
    name: "Ask nowhere",
    nodeId: node.id,
    transportId: transport.id,
    event: { kind: "on_demand" },
    request: { path: "", query: {}, headers: [], body: "" },
  });
  for (let count = 0; count < 3; count++) await prepare(`triggers/${trigger.id}/run`, {});

  await page.goto("/");
  await page.getByRole("navigation").getByRole("link", { name: "Dashboard" }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: "Dashboard: All nodes" })).toBeVisible();

  await pick(page, "Node", hall);
  await expect(page.getByRole("heading", { level: 1, name: `Dashboard: ${hall}` })).toBeVisible();
  await page.getByText("1 hour", { exact: true }).click();
  await expect(page).toHaveURL(/range=1h/);
  await page.reload();
  await expect(page.getByRole("heading", { level: 1, name: `Dashboard: ${hall}` })).toBeVisible();
  await expect(page.getByText("3 runs and 0 token requests failed")).not.toHaveCount(0);
  await expectNoAxeViolations(page);

  await page.getByText("Runs over time: show as a table").click();
  await expect(page.getByRole("table", { name: "Runs over time" }).getByRole("row")).not.toHaveCount(0);

  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "CSV of runs" }).click();
  expect(readFileSync(await (await download).path(), "utf8")).toContain("runs,failed runs of trigger,Ask nowhere,3");

  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByRole("button", { name: "Go on refreshing" })).toBeVisible();

  await page.getByRole("button", { name: "Sign review" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByLabel("Note")).toBeFocused();
  await dialog.getByLabel("Note").fill("The service is being moved.");
  await expectNoAxeViolations(page);
  await dialog.getByRole("button", { name: "Sign", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Reviews" })).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: "The service is being moved." })).toContainText("3 failed");
  await expectNoAxeViolations(page);

  await page.goBack();
  await page.getByRole("link", { name: "3 failed runs of Ask nowhere" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Runs" })).toBeVisible();
  await expect(page.getByRole("table").getByRole("row")).toHaveCount(4);
});

test("the wall view is the page alone, and the rest of the workbench comes back", async ({ adminPage: page }) => {
  await page.setViewportSize({ width: 1920, height: 1080 });
  await page.goto("/dashboard?view=wall");
  await expect(page.getByRole("heading", { level: 1, name: "Dashboard: All nodes" })).toBeVisible();
  await expect(page.getByRole("banner")).toBeHidden();
  await expectNoAxeViolations(page);
  await page.getByRole("link", { name: "Leave the wall view" }).click();
  await expect(page.getByRole("banner")).toBeVisible();
});

test("an admin sets for how long runs are kept, and is asked before anything is deleted", async ({
  adminPage: page,
}) => {
  await page.goto("/retention");
  await expect(page.getByRole("table", { name: "What is kept now" })).toBeVisible();
  await expectNoAxeViolations(page);
  await page.getByLabel("Days to keep runs").fill("30");
  await page.getByRole("button", { name: "Save" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete what is older?" });
  await expect(dialog).toContainText("The audit log stays as it is.");
  await expectNoAxeViolations(page);
  await dialog.getByRole("button", { name: "Save and delete" }).click();
  await expect(page.getByRole("row").filter({ hasText: "Runs" })).toContainText("30 days");
});
