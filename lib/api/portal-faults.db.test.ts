import { eq } from "drizzle-orm";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { tokens } from "#drizzle/schema/tokens.ts";
import { createTransport } from "#lib/delivery/transport-edits/create-transport.ts";
import { transportInput } from "#lib/delivery/transports/schema.ts";
import { createTrigger } from "#lib/delivery/trigger-edits/create-trigger.ts";
import { triggerInput } from "#lib/delivery/triggers/schema.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { CLIENTS } from "#sandbox/clients.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { entraInput, setUpSandbox, store, tester } from "#scripts/test-sandbox.ts";
import { setUpNotingService, setUpWeb, type Web } from "#scripts/test-web.ts";

// What runs go through when the portal's clock jumps, and when a service cuts its answer.

setUpTestDatabase();
const sandbox = setUpSandbox();
const web = setUpWeb();
const service = setUpNotingService();
let portal: Web;
beforeAll(async () => {
  portal = await web.start({}, ["./scripts/test-clock.mjs"]);
});
afterEach(async () => {
  vi.useRealTimers();
  await web.setTime(portal, { clock: 0 });
});

const minutes = 60_000;

/** A trigger at the service that verifies tokens, with an application of its own. */
async function makeTrigger(tokenLifetimeSeconds: number) {
  const { control, serviceUrl } = sandbox.current;
  const clientId = crypto.randomUUID();
  await control.putClient({ ...CLIENTS.ordersApi, clientId, tokenLifetimeSeconds });
  const credential = await store(entraInput(sandbox.current, { clientId }));
  const transport = await createTransport(
    tester,
    transportInput.parse({
      name: `Orders ${clientId}`,
      nodeId: service.nodeId,
      type: "HTTP",
      http: { url: serviceUrl, method: "GET" },
      authorization: { kind: "credential", credentialId: credential.id },
    }),
  );
  const request = { path: "/fast" };
  const input = { name: `Send ${clientId}`, nodeId: service.nodeId, transportId: transport.id, request };
  const { id } = await createTrigger(tester, triggerInput.parse(input));
  return {
    run: async () => {
      const call = await service.run(portal.url, id);
      return call === "broken" ? call : call.body;
    },
    requests: async () => (await control.countTokenRequests({ clientId })).total,
    readToken: async () => (await getDb().select().from(tokens).where(eq(tokens.credentialId, credential.id)))[0]!,
  };
}

test("a clock that jumps 5 min ahead renews what looks expired, once, and disturbs nothing else", async () => {
  const [long, short] = [await makeTrigger(3600), await makeTrigger(200)];
  for (const { run } of [long, short]) expect(await run()).toMatchObject({ status: "succeeded", attempts: 1 });
  await web.setTime(portal, { clock: 5 * minutes });
  for (const { run } of [long, short, short]) expect(await run()).toMatchObject({ status: "succeeded", attempts: 1 });
  expect([await long.requests(), await short.requests()]).toEqual([1, 2]);
  await web.setTime(portal, { clock: 0 });
  for (const { run } of [long, short]) expect(await run()).toMatchObject({ status: "succeeded", attempts: 1 });
  expect([await long.requests(), await short.requests()]).toEqual([1, 2]);
});

test("a clock that jumps 5 min back may send a token that has expired; the service's 401 replaces it, and the run succeeds", async () => {
  const { run, requests, readToken } = await makeTrigger(200);
  expect(await run()).toMatchObject({ status: "succeeded", attempts: 1 });
  await web.setTime(portal, { clock: -5 * minutes });
  // The time of the provider and the service, which run in this process.
  const end = (await readToken()).expiresAt!.getTime();
  vi.useFakeTimers({ toFake: ["Date"], now: end + minutes });
  expect(await run()).toMatchObject({ status: "succeeded", attempts: 2, token: { source: "refreshed" } });
  expect(await requests()).toBe(2);
});

test("a service that cuts its answer in the middle fails the run, which is not repeated", async () => {
  const triggerId = await service.makeTrigger("/reset");
  service.seen.clear();
  const call = await service.run(portal.url, triggerId);
  expect(call).toMatchObject({
    status: 200,
    body: { status: "failed", attempts: 1, response: { status: 200 }, error: { code: "connection_failed" } },
  });
  expect(service.seen.size).toBe(1);
});
