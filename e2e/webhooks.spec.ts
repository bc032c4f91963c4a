import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { pick, prepare, receipt } from "./fixtures/steps.ts";
import { expect, expectNoAxeViolations, readStack, test } from "./fixtures/test.ts";

test("a webhook is set up, its secret shown once, a signed message makes a run, and a queue is looked after", async ({
  adminPage: page,
}) => {
  const { sandbox, baseUrl } = readStack();
  const suffix = crypto.randomUUID().slice(0, 8);
  const slug = `orders-${suffix}`;
  const node = await prepare<{ id: string }>("nodes", { name: `Shop ${suffix}`, parentId: null });
  await prepare("transports", {
    name: `Orders ${suffix}`,
    nodeId: node.id,
    type: "HTTP",
    http: { url: `${sandbox.serviceUrl}/public`, method: "POST" },
  });
  let secret = "";
  const send = (body: unknown, id: string, headers: Record<string, string> = {}) => {
    const text = JSON.stringify(body);
    const at = new Date();
    return fetch(`${baseUrl}/api/hooks/${slug}`, {
      method: "POST",
      body: text,
      headers: {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
        "webhook-signature": new Webhook(secret).sign(id, at, text),
        ...headers,
      },
    });
  };

  await test.step("the form asks for a name and shows what the request would be", async () => {
    await page.goto(`/triggers/new?nodeId=${node.id}`);
    await page.getByLabel("Trigger Name").fill(`Orders in ${suffix}`);
    await pick(page, "Transport", `Orders ${suffix}`);
    await page.getByLabel("Event", { exact: true }).selectOption("webhook");
    await page.getByLabel("Webhook name").fill("no/slash");
    await page.getByRole("textbox", { name: "Body", exact: true }).fill('{"id":"{{webhook.body.order.id}}"}');
    await expect(page.getByRole("region", { name: "Preview" }).getByText(/"id":\s*"id"/)).toBeVisible();
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText(/Use small letters/)).toBeVisible();
    await expect(page.getByLabel("Webhook name")).toBeFocused();
    await page.getByLabel("Webhook name").fill(slug);
    await expect(page.getByText(`/api/hooks/${slug}`)).toBeVisible();
    await expectNoAxeViolations(page);
    await page.getByRole("button", { name: "Save" }).click();
  });

  await test.step("the secret is shown once, and the page leads on when it is kept", async () => {
    const dialog = page.getByRole("dialog", { name: "The signing secret of the webhook" });
    secret = await dialog.getByRole("textbox", { name: "signing secret" }).inputValue();
    expect(secret).toMatch(/^whsec_/);
    await expectNoAxeViolations(page);
    await dialog.getByLabel("I have kept the signing secret").check();
    await dialog.getByRole("button", { name: "Done" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Orders in ${suffix}`);
    expect(await page.content()).not.toContain(secret);
  });

  await test.step("its page has the address and an example with what the request uses", async () => {
    const card = page.getByRole("region", { name: "Webhook", exact: true });
    await expect(card.getByText(`/api/hooks/${slug}`).first()).toBeVisible();
    await card.getByText("Example with curl").click();
    await expect(card.getByText(/"order":{"id":"id"}/)).toBeVisible();
    await expectNoAxeViolations(page);
  });

  await test.step("a signed message makes a run, which says by what it was made; another secret makes none", async () => {
    const answer = await send({ order: { id: "A-1" } }, "msg_1");
    expect(answer.status).toBe(200);
    const run = await answer.json();
    expect(run).toMatchObject({ status: "succeeded", event: "webhook" });
    await page.goto(`/runs/${run.id}`);
    await expect(receipt(page).getByText(`by Webhook ${slug}`)).toBeVisible();
    await expectNoAxeViolations(page);
    await page.goBack();
  });

  await test.step("it is tried from its page with a made-up message", async () => {
    await page.getByRole("link", { name: "Run", exact: true }).click();
    const message = page.getByLabel("Message as JSON");
    await expect(message).toHaveValue(/"order"/);
    await message.fill("{");
    await page.getByRole("button", { name: "Run" }).click();
    await expect(page.getByText("Enter a JSON object with body, headers and query.")).toBeVisible();
    await message.fill('{"body":{"order":{"id":"B-2"}}}');
    await page.getByRole("button", { name: "Run" }).click();
    await expect(receipt(page).getByText("Succeeded")).toBeVisible();
    await expectNoAxeViolations(page);
    await page.goBack();
  });

  await test.step("a new secret takes the place of the old one, which counts for a while", async () => {
    await page.getByRole("button", { name: "New secret" }).click();
    await page.getByRole("button", { name: "Make new secret" }).click();
    const dialog = page.getByRole("dialog", { name: "The new signing secret" });
    const next = await dialog.getByRole("textbox", { name: "signing secret" }).inputValue();
    await dialog.getByLabel("I have kept the signing secret").check();
    await dialog.getByRole("button", { name: "Done" }).click();
    await expect(page.getByText(/The one before counts until/)).toBeVisible();
    expect((await send({ order: { id: "A-2" } }, "msg_2")).status).toBe(200);
    secret = next;
    expect((await send({ order: { id: "A-3" } }, "msg_3")).status).toBe(200);
  });
});

test("a run that waits in a queue is seen in the list and cancelled on its page", async ({ adminPage: page }) => {
  const { baseUrl, apiKey } = readStack();
  // A service that answers when the journey is over.
  const held: ServerResponse[] = [];
  const service = createServer((_, response) => void held.push(response));
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
  const suffix = crypto.randomUUID().slice(0, 8);
  const node = await prepare<{ id: string }>("nodes", { name: `Queue ${suffix}`, parentId: null });
  const transport = await prepare<{ id: string }>("transports", {
    name: `Slow ${suffix}`,
    nodeId: node.id,
    type: "HTTP",
    http: { url: `http://127.0.0.1:${(service.address() as AddressInfo).port}`, method: "POST" },
    timeoutMs: 600_000,
  });
  const trigger = await prepare<{ id: string }>("triggers", {
    name: `Slow ${suffix}`,
    nodeId: node.id,
    transportId: transport.id,
    request: {},
    maxInProgress: 1,
    queueSize: 1,
  });
  const fire = () =>
    fetch(`${baseUrl}/api/v1/triggers/${trigger.id}/run`, {
      method: "POST",
      headers: { authorization: `Bearer ${apiKey}` },
    }).then((response) => response.json());
  // Whichever comes second waits, and is answered at once.
  const both = [fire(), fire()];
  expect((await Promise.race(both)).status).toBe("queued");

  await page.goto(`/triggers/${trigger.id}`);
  await page.getByRole("link", { name: "1 run waits now" }).click();
  await expect(page.getByRole("table").getByText("Queued")).toBeVisible();
  await expectNoAxeViolations(page);
  await page.getByRole("table").getByRole("link").first().click();
  await expect(receipt(page).getByText("Waiting for its turn and for a worker")).toBeVisible();
  await expectNoAxeViolations(page);
  await page.getByRole("button", { name: "Cancel run" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel run" }).click();
  await expect(receipt(page).getByText(/cancelled this run while it was queued/)).toBeVisible();
  // The other run is still in progress: the journey didn't depend on its end.
  await expect.poll(() => held.length).toBe(1);
  held[0]?.end("{}");
  expect((await Promise.all(both)).map(({ status }) => status).sort()).toEqual(["queued", "succeeded"]);
  service.close();
});
