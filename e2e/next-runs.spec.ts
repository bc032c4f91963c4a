import { makeClientCertificate } from "../sandbox/certificates.ts";
import { prepare, prepareCredential } from "./fixtures/steps.ts";
import { expect, expectNoAxeViolations, readStack, test } from "./fixtures/test.ts";

test("before a credential, transport or node is changed, the next runs that it touches are shown", async ({
  adminPage: page,
}) => {
  const { baseUrl, apiKey, sandbox } = readStack();
  const suffix = crypto.randomUUID().slice(0, 8);
  const names = { credential: `Nightly ${suffix}`, yearly: `Yearly ${suffix}`, hourly: `Hourly ${suffix}` };
  await prepareCredential(names.credential);
  const found = await fetch(`${baseUrl}/api/v1/credentials?q=${encodeURIComponent(names.credential)}`, {
    headers: { authorization: `Bearer ${apiKey}` },
  });
  const [credential] = ((await found.json()) as { items: { id: string }[] }).items;
  const node = await prepare<{ id: string }>("nodes", { name: `Clocks ${suffix}`, parentId: null });
  const pair = await makeClientCertificate("orders", null, { days: 20 });
  const transport = await prepare<{ id: string }>("transports", {
    name: `Orders ${suffix}`,
    nodeId: node.id,
    type: "HTTP",
    http: { url: `${sandbox.serviceUrl.replace("http:", "https:")}/orders`, method: "POST" },
    authorization: { kind: "credential", credentialId: credential!.id },
    clientCertificate: { privateKey: pair.key, certificate: pair.cert },
  });
  const add = (name: string, event: Record<string, unknown>) =>
    prepare("triggers", { name, nodeId: node.id, transportId: transport.id, event, request: {} });
  // Far from the next run of the other schedule on every day of the year.
  const far = new Date(Date.now() + 100 * 86_400_000);
  const cron = `0 0 ${far.getUTCDate()} ${far.getUTCMonth() + 1} *`;
  await add(names.yearly, { kind: "schedule", cron, timezone: "UTC" });
  await add(names.hourly, { kind: "schedule", cron: "0 0-22 * * *", timezone: "UTC" });
  await add(`By hand ${suffix}`, { kind: "on_demand" });
  const dialog = page.getByRole("dialog");
  const inOrder = [new RegExp(names.hourly), new RegExp(names.yearly), /By hand/];

  await test.step("of a credential: in the dialogs that disable and delete it, and above its form", async () => {
    await page.goto(`/credentials/${credential!.id}`);
    await page.getByRole("button", { name: "Disable", exact: true }).click();
    await expect(dialog).toContainText(`The next run is that of ${names.hourly}`);
    await expect(dialog.getByRole("listitem").getByRole("listitem")).toContainText(inOrder);
    await expect(dialog.getByRole("listitem").filter({ hasText: names.yearly }).last()).toContainText(
      "schedule, next run",
    );
    await expectNoAxeViolations(page);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await expect(dialog).toContainText(`The next run is that of ${names.hourly}`);
    await page.goto(`/credentials/${credential!.id}/edit`);
    await expect(page.getByRole("region", { name: "What a change touches" })).toContainText(
      `The next run is that of ${names.hourly}`,
    );
  });

  await test.step("of a transport: likewise", async () => {
    await page.goto(`/transports/${transport.id}`);
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await expect(dialog).toContainText("It can't be deleted now: 3 triggers use it.");
    await expect(dialog).toContainText(`The next run is that of ${names.hourly}`);
    await expect(dialog.getByRole("listitem")).toContainText(inOrder);
    await expectNoAxeViolations(page);
    await page.goto(`/transports/${transport.id}/edit`);
    const touched = page.getByRole("region", { name: "What a change touches" });
    await expect(touched).toContainText("3 triggers send through it.");
    await expect(touched.getByRole("listitem")).toContainText(inOrder);
    await expectNoAxeViolations(page);
  });

  await test.step("of a node: what is in the way of its deletion, before anyone tries", async () => {
    await page.goto(`/nodes/${node.id}`);
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await expect(dialog).toContainText("It can't be deleted now.");
    await expect(dialog.getByRole("listitem")).toContainText([/Orders/, ...inOrder]);
    await expect(dialog.getByRole("listitem").filter({ hasText: names.hourly })).toContainText("next run");
    await expect(dialog.getByRole("button", { name: "Delete" })).toBeDisabled();
    await expectNoAxeViolations(page);
  });

  await test.step("the end of the transport's certificate stands on the dashboard, with the list behind it", async () => {
    await page.goto(`/dashboard?nodeId=${node.id}`);
    const card = page.getByRole("region", { name: "Secrets and certificates" });
    await expect(card.getByRole("row", { name: new RegExp(`Orders ${suffix}`) })).toBeVisible();
    await expectNoAxeViolations(page);
    await card.getByRole("link", { name: "1 transports: Within 30 days" }).click();
    await expect(page).toHaveURL(/certificateEnds=30/);
    await expect(page.getByRole("row", { name: new RegExp(`Orders ${suffix}`) })).toContainText("Certificate until");
    await expect(page.getByLabel("Certificate ends")).toBeVisible();
  });
});
