import { runSql } from "./fixtures/database.ts";
import { pick, prepare, receipt } from "./fixtures/steps.ts";
import { expect, expectNoAxeViolations, readStack, test } from "./fixtures/test.ts";

test("a schedule is explained while it is typed, makes its runs, and pauses", async ({ adminPage: page }) => {
  const { apiKey, sandbox } = readStack();
  const suffix = crypto.randomUUID().slice(0, 8);
  const name = `Every minute ${suffix}`;
  const node = await prepare<{ id: string }>("nodes", { name: `Clock ${suffix}`, parentId: null });
  await prepare("transports", {
    name: `Orders ${suffix}`,
    nodeId: node.id,
    type: "HTTP",
    http: { url: `${sandbox.serviceUrl}/public`, method: "POST" },
  });

  await test.step("the form shows the expression in words and the next five times", async () => {
    await page.goto(`/triggers/new?nodeId=${node.id}`);
    await page.getByLabel("Trigger Name").fill(name);
    await pick(page, "Transport", `Orders ${suffix}`);
    await page.getByLabel("Event", { exact: true }).selectOption("schedule");
    const times = page.getByRole("region", { name: "Next times" });
    await expect(times.getByText("At 08:00, Monday through Friday")).toBeVisible();
    await expect(times.getByRole("listitem")).toHaveCount(5);
    await pick(page, "Time zone", "America/New_York");
    await expect(times.getByText(/E[SD]T|GMT-[45]/).first()).toBeVisible();
    await page.getByLabel("Cron expression").fill("61 * * * *");
    await expect(times.getByText(/no cron expression/)).toBeVisible();
    await expectNoAxeViolations(page);
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByLabel("Cron expression")).toBeFocused();
    await page.getByLabel("Cron expression").fill("* * * * *");
    await expect(times.getByText("Every minute")).toBeVisible();
    await page.getByLabel("Missed times").selectOption("once");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
  });

  await test.step("its page tells when it is due, and shows the run that it makes", async () => {
    const card = page.getByRole("region", { name: "Schedule", exact: true });
    await expect(card.getByRole("listitem")).toHaveCount(5);
    await expect(card.getByText("Run once for the latest")).toBeVisible();
    await expectNoAxeViolations(page);
    const triggerId = new URL(page.url()).pathname.split("/").at(-1)!;
    // As if the last full minute was the next one when the schedule was saved.
    await runSql("update schedules set next_due_at = date_trunc('minute', now()) where trigger_id = $1", [triggerId]);
    const listRuns = () =>
      page.request.get(`/api/v1/runs?triggerId=${triggerId}`, { headers: { authorization: `Bearer ${apiKey}` } });
    await expect.poll(async () => (await (await listRuns()).json()).items.length).toBeGreaterThan(0);
    await page.reload();
    await expect(page.getByText("by Schedule * * * * *, America/New_York").first()).toBeVisible();
    await page.getByRole("table", { name: /runs/i }).getByRole("link").first().click();
    await expect(receipt(page).getByText("Due", { exact: true })).toBeVisible();
    await expect(receipt(page).getByText("by Schedule * * * * *, America/New_York")).toBeVisible();
    await expectNoAxeViolations(page);
    await page.goBack();
  });

  await test.step("without variables, it's run with one click, and again from the run", async () => {
    const triggerPage = page.url();
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Run of ${name}`);
    const first = page.url();
    await expect(receipt(page).getByText("Succeeded")).toBeVisible();
    await page.getByRole("button", { name: "Run again" }).click();
    await expect(page).not.toHaveURL(first);
    await expect(receipt(page).getByText("Succeeded")).toBeVisible();
    await page.goto(triggerPage);
  });

  await test.step("paused, it is not due; resumed, it is again", async () => {
    await page.getByRole("button", { name: "Pause schedule" }).click();
    await expect(page.getByText("The schedule is paused. No run is made until it is resumed.")).toBeVisible();
    await expectNoAxeViolations(page);
    await page.getByRole("button", { name: "Resume schedule" }).click();
    await expect(page.getByRole("region", { name: "Next times" }).getByRole("listitem")).toHaveCount(5);
  });

  await test.step("a trigger that is disabled says that its schedule makes no runs", async () => {
    await page.getByRole("link", { name: "Edit" }).click();
    await page.getByLabel("Enabled").uncheck();
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("The trigger is disabled: its schedule makes no runs.")).toBeVisible();
  });
});
