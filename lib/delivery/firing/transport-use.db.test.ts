import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { queuedRuns } from "#drizzle/schema/queued-runs.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import type { Role } from "#lib/access/permissions/permissions.ts";
import { createTransport } from "#lib/delivery/transport-edits/create-transport.ts";
import { listTransports } from "#lib/delivery/transports/read-transports.ts";
import { transportInput } from "#lib/delivery/transports/schema.ts";
import { createTrigger } from "#lib/delivery/trigger-edits/create-trigger.ts";
import { updateTrigger } from "#lib/delivery/trigger-edits/update-trigger.ts";
import { rotateWebhookSecret } from "#lib/delivery/trigger-edits/webhook-secret.ts";
import { findSignInToRun } from "#lib/delivery/triggers/find-obstacle.ts";
import { mayRun } from "#lib/delivery/triggers/may-run.ts";
import { getTrigger } from "#lib/delivery/triggers/read-triggers.ts";
import { triggerInput } from "#lib/delivery/triggers/schema.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { tester } from "#scripts/test-sandbox.ts";
import { startEchoService } from "#scripts/test-services.ts";
import { fireTrigger } from "./fire.ts";
import { releaseRuns } from "./release-runs.ts";

setUpTestDatabase();
let echo: Awaited<ReturnType<typeof startEchoService>>;
let mine = "";
let theirs = "";
let transportId = "";
let count = 0;

beforeAll(async () => {
  process.env.SALLYPORT_EGRESS = "allow:loopback";
  echo = await startEchoService();
  mine = await insertNode("Plant A");
  theirs = await insertNode("Plant B");
  const input = {
    name: "Orders of B",
    nodeId: theirs,
    type: "HTTP",
    http: { url: echo.url, method: "POST" },
    authorization: { kind: "basic", username: "plant-b", password: "of plant B" },
  };
  transportId = (await createTransport(tester, transportInput.parse(input))).id;
});
afterAll(() => echo.close());
beforeEach(() => echo.authorizations.clear());

const as = (...grants: [Role, string][]): Context => ({
  ...tester,
  actor: { kind: "user", id: crypto.randomUUID(), name: "Mallory", sessionId: crypto.randomUUID() },
  grants: grants.map(([role, nodeId]) => ({ role, nodeId })),
});
const make = (changes: object = {}) =>
  triggerInput.parse({
    name: `Send ${++count}`,
    nodeId: mine,
    transportId,
    request: { path: "/orders", body: "{}" },
    ...changes,
  });
const forbidden = { code: "forbidden", message: expect.stringMatching(/transports\.(use|test)/) };

describe.each(["lead", "operator"] as const)("an engineer of A who is %s of B", (role) => {
  const mallory = () => as(["engineer", mine], [role, theirs]);

  test("saves no trigger of A over B's transport", async () => {
    await expect(createTrigger(mallory(), make())).rejects.toMatchObject(forbidden);
    const local = { ...make(), transportId: "" };
    const http = { url: echo.url, method: "POST" };
    const input = transportInput.parse({ name: `Own ${count}`, nodeId: mine, type: "HTTP", http });
    local.transportId = (await createTransport(mallory(), input)).id;
    const { id } = await createTrigger(mallory(), local);
    await expect(updateTrigger(mallory(), id, { version: 1, transportId })).rejects.toMatchObject(forbidden);
  });

  test("changes nothing of what an admin's trigger sends, but can stop it", async () => {
    const { id } = await createTrigger(tester, make());
    const changes = [
      { request: { path: "/admin/users", query: {}, headers: [], body: "{}" } },
      { event: { kind: "schedule", cron: "* * * * *", timezone: "UTC" } as const },
      { enabled: true },
      { enabled: false, name: "Stopped" },
    ];
    for (const change of changes) {
      const update = updateTrigger(mallory(), id, { version: 1, ...change } as Parameters<typeof updateTrigger>[2]);
      await expect(update).rejects.toMatchObject(forbidden);
    }
    expect(await updateTrigger(mallory(), id, { version: 1, enabled: false })).toMatchObject({ enabled: false });
  });

  test("gets no new secret of a webhook that sends over it", async () => {
    const event = { kind: "webhook", slug: `orders-${role}` };
    const { id } = await createTrigger(tester, make({ event }));
    await expect(rotateWebhookSecret(mallory(), id)).rejects.toMatchObject(forbidden);
  });

  test("isn't offered the transport for a trigger", async () => {
    const offered = await listTransports(mallory(), {}, "transports.test");
    expect(offered.items.map(({ id }) => id)).not.toContain(transportId);
  });
});

test("an on-demand run needs the use of the transport where the transport is", async () => {
  const { id } = await createTrigger(tester, make());
  const trigger = await getTrigger(tester, id);
  for (const ctx of [as(["engineer", mine], ["lead", theirs]), as(["operator", mine])]) {
    await expect(fireTrigger(ctx, id)).rejects.toMatchObject(forbidden);
    await expect(findSignInToRun(ctx, id)).rejects.toMatchObject(forbidden);
    expect(await mayRun(ctx, trigger)).toBe(false);
  }
  expect([...echo.authorizations]).toEqual([]);
  const operator = as(["operator", mine], ["operator", theirs]);
  expect(await mayRun(operator, trigger)).toBe(true);
  expect(await fireTrigger(operator, id)).toMatchObject({ status: "succeeded" });
});

test("a held run is released only by those who can use its transport", async () => {
  const { id } = await createTrigger(tester, make());
  await expect(releaseRuns(as(["operator", mine]), id)).rejects.toMatchObject(forbidden);
  expect(await releaseRuns(as(["operator", mine], ["operator", theirs]), id)).toEqual({ released: 0 });
  expect(await getDb().$count(queuedRuns, eq(queuedRuns.triggerId, id))).toBe(0);
});
