import { CLIENTS } from "../sandbox/clients.ts";
import { callApi, prepare, receipt, unique } from "./fixtures/steps.ts";
import { expect, expectNoAxeViolations, readStack, test } from "./fixtures/test.ts";

test("a run that gets no token is held, and is made by itself when the secret is right", async ({
  adminPage: page,
}) => {
  const { sandbox } = readStack();
  const node = await prepare<{ id: string }>("nodes", { name: unique("Weekend"), parentId: null });
  const credential = await prepare<{ id: string }>("credentials", {
    name: unique("Ended secret"),
    type: "application",
    provider: "entra",
    endpointUrl: sandbox.tokenEndpoint,
    clientId: CLIENTS.ordersApi.clientId,
    clientSecret: "the old one",
    scope: "api://orders/.default",
  });
  const transport = await prepare<{ id: string }>("transports", {
    name: unique("Orders"),
    nodeId: node.id,
    type: "HTTP",
    http: { url: `${sandbox.serviceUrl}/orders`, method: "POST" },
    authorization: { kind: "credential", credentialId: credential.id },
  });
  const trigger = await prepare<{ id: string }>("triggers", {
    name: unique("Send"),
    nodeId: node.id,
    transportId: transport.id,
    request: { path: "", body: "{}" },
  });

  await test.step("the trigger's form says for how long such runs are held", async () => {
    await page.goto(`/triggers/${trigger.id}/edit`);
    await page.getByLabel("Hold when authentication fails").fill("200");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByLabel("Hold when authentication fails")).toBeFocused();
    await page.getByLabel("Hold when authentication fails").fill("48");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("For 48 hours")).toBeVisible();
  });

  const held: string[] = [];
  for (let count = 0; count < 2; count++) {
    const run = await prepare<{ id: string; status: string }>(`triggers/${trigger.id}/run`, {});
    expect(run.status).toBe("held");
    held.push(run.id);
  }

  await test.step("trigger, list and run say that they are held, and why", async () => {
    await page.goto(`/triggers/${trigger.id}`);
    await expect(page.getByText("2 runs are held: authentication failed")).toBeVisible();
    await expectNoAxeViolations(page);
    await page.getByRole("link", { name: "Look at them" }).click();
    await expect(page.getByRole("table").getByText("Held", { exact: true })).toHaveCount(2);
    await page.getByRole("table").getByRole("link").first().click();
    await expect(receipt(page).getByText("Held until")).toBeVisible();
    await expect(receipt(page).getByText("Retried when its credential works")).toBeVisible();
    await expectNoAxeViolations(page);
  });

  await test.step("one that is cancelled ends", async () => {
    await page.goto(`/runs/${held[0]}`);
    await page.getByRole("button", { name: "Cancel run" }).click();
    await expect(page.getByText("It ends as failed and isn't retried")).toBeVisible();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel run" }).click();
    await expect(receipt(page).getByText("while it was held")).toBeVisible();
  });

  await test.step("one that is made again before the repair is held again", async () => {
    await page.goto(`/runs/${held[1]}`);
    const until = (await receipt(page).locator("time").first().getAttribute("datetime"))!;
    const readRun = () => callApi<{ heldUntil: string }>("GET", `runs/${held[1]}`);
    await page.getByRole("button", { name: "Retry now" }).click();
    await expect(page.getByText("The run is back in the queue.")).toBeVisible();
    await expect(receipt(page).getByText("Queued", { exact: true }).first()).toBeVisible();
    await expect.poll(async () => (await readRun()).heldUntil).not.toBe(until);
    await page.reload();
    await expect(receipt(page).getByText("Held until")).toBeVisible();
    await expect(receipt(page).locator("time").first()).not.toHaveAttribute("datetime", until);
  });

  await test.step("with the right secret it is made without anyone asking", async () => {
    await page.goto(`/credentials/${credential.id}/edit`);
    await page.getByRole("button", { name: "Replace Client Secret" }).click();
    await page.getByLabel("Client Secret", { exact: true }).fill(CLIENTS.ordersApi.clientSecret);
    await page.getByRole("button", { name: "Save" }).click();
    const readStatus = async () => (await callApi<{ status: string }>("GET", `runs/${held[1]}`)).status;
    await expect.poll(readStatus).toBe("succeeded");
    await page.goto(`/runs/${held[1]}`);
    await expect(receipt(page).getByText("Succeeded", { exact: true })).toBeVisible();
    await expect(receipt(page).getByText("Was held until")).toBeVisible();
    await expectNoAxeViolations(page);
  });
});
