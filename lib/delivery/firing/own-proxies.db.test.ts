import { randomUUID } from "node:crypto";
import { desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { credentialEvents } from "#drizzle/schema/credential-events.ts";
import { createTransport } from "#lib/delivery/transport-edits/create-transport.ts";
import { transportInput } from "#lib/delivery/transports/schema.ts";
import { createTrigger } from "#lib/delivery/trigger-edits/create-trigger.ts";
import { triggerInput } from "#lib/delivery/triggers/schema.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { closePools } from "#lib/platform/net/pools.ts";
import type { ProxyInput } from "#lib/platform/net/proxy-schema.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { type ForeignProxy, startProxyChain, startSquid, startTinyproxy } from "#scripts/test-foreign-proxies.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { genericInput, readRow, setUpSandbox, store, tester } from "#scripts/test-sandbox.ts";
import { type Listening, listen, makeCertificates } from "#scripts/test-servers.ts";
import { fireTrigger } from "./fire.ts";

// A credential and a transport each have proxy settings of their own: which proxy the token request and the request take is read in
// the logs of proxies that other people wrote.

setUpTestDatabase();
const sandbox = setUpSandbox();
let service: Listening;
let nodeId: string;
/** Of the environment, of the credential and of the transport. */
let chain: ForeignProxy;
let tinyproxy: ForeignProxy;
let squid: Awaited<ReturnType<typeof startSquid>>;
const asked: string[] = [];

beforeAll(async () => {
  service = await listen((request, response) => {
    asked.push(request.headers.authorization ?? "none");
    response.end("{}");
  });
  chain = await startProxyChain();
  tinyproxy = await startTinyproxy({ locked: true });
  squid = await startSquid((await makeCertificates()).localhost);
  for (const name of ["HTTP_PROXY", "HTTPS_PROXY"]) {
    process.env[name] = chain.url;
    delete process.env[name.toLowerCase()];
  }
  process.env.NO_PROXY = "127.0.0.1";
  delete process.env.no_proxy;
  nodeId = await insertNode("Plant");
});
afterAll(async () => {
  await Promise.all([service, chain, tinyproxy, squid].map((each) => each?.close()));
});

const none = { mode: "none" } as const;
const environment = { mode: "environment" } as const;
type Manual = Extract<ProxyInput, { mode: "manual" }>;
function manual({ url, user }: ForeignProxy, more: Partial<Manual> = {}): Manual {
  return { mode: "manual", url, ...user, bypass: [], ...more };
}

/** Runs a trigger once with these proxy settings. */
async function run(ofCredential: ProxyInput, ofTransport: ProxyInput, serviceHost = "localhost") {
  const credential = await store(genericInput(sandbox.current, { proxy: ofCredential }));
  const transport = await createTransport(
    tester,
    transportInput.parse({
      name: `Transport ${randomUUID()}`,
      nodeId,
      type: "HTTP",
      http: { url: `http://${serviceHost}:${service.port}/`, method: "GET" },
      authorization: { kind: "credential", credentialId: credential.id },
      proxy: ofTransport,
    }),
  );
  const name = `Trigger ${randomUUID()}`;
  const trigger = await createTrigger(
    tester,
    triggerInput.parse({ name, nodeId, transportId: transport.id, request: {} }),
  );
  const made = await fireTrigger(tester, trigger.id, {});
  const [event] = await getDb()
    .select()
    .from(credentialEvents)
    .where(eq(credentialEvents.credentialId, credential.id))
    .orderBy(desc(credentialEvents.id))
    .limit(1);
  return { run: made, event, row: await readRow(credential.id) };
}

type Mode = "none" | "environment" | "manual";
const modes: Mode[] = ["none", "environment", "manual"];
const combinations = modes.flatMap((credential) => modes.map((transport) => ({ credential, transport })));

test.each(combinations)("credential $credential, transport $transport: each takes its own", async (chosen) => {
  // A tunnel that is kept open is used again, and its proxy notes nothing then.
  await closePools();
  const proxies = [chain, tinyproxy, squid.locked];
  const before = proxies.map((proxy) => proxy.readLog().length);
  const written = () => proxies.map((proxy, index) => proxy.readLog().slice(before[index]));
  const ofCredential = { none, environment, manual: manual(tinyproxy) }[chosen.credential];
  const ofTransport = { none, environment, manual: manual(squid.locked) }[chosen.transport];
  const done = await run(ofCredential, ofTransport);

  const tokenBy = { none: "none", environment: chain.url, manual: tinyproxy.url }[chosen.credential];
  const requestBy = { none: "none", environment: chain.url, manual: squid.locked.url }[chosen.transport];
  expect(done.run).toMatchObject({ status: "succeeded", proxy: requestBy, token: { source: "acquired" } });
  expect(done.event).toMatchObject({ outcome: "succeeded", proxy: tokenBy });
  expect(asked.at(-1)).toMatch(/^Bearer ./);

  const tokenPort = new URL(sandbox.current.genericTokenEndpoint).port;
  // Where the log of a proxy names a port, it carried it, and only there.
  const named = (port: string | number) =>
    proxies.filter((_, index) => written()[index]?.includes(`:${port}`)).map(({ url }) => url);
  await expect.poll(() => named(tokenPort)).toEqual(tokenBy === "none" ? [] : [tokenBy]);
  await expect.poll(() => named(service.port)).toEqual(requestBy === "none" ? [] : [requestBy]);
});

describe("a proxy that does not do its part fails the run before the service is asked", () => {
  test.each([
    [
      "the credential's, with a wrong password",
      "proxy_authentication_required",
      "credential",
      "action_needed",
      "proxy.password",
    ],
    ["the transport's, with a wrong password", "proxy_authentication_required", "transport", "active", null],
    ["the credential's, which is gone", "proxy_unreachable", "credential", "action_needed", "proxy.url"],
    ["the transport's, which is gone", "proxy_unreachable", "transport", "active", null],
  ] as const)("%s: %s", async (_, code, whose, status, field) => {
    const gone = { ...squid.locked, url: "http://localhost:1" };
    const bad = code === "proxy_unreachable" ? manual(gone) : manual(squid.locked, { password: "a-wrong-password" });
    const before = asked.length;
    const { run: made, row } = await run(whose === "credential" ? bad : none, whose === "transport" ? bad : none);
    expect(made).toMatchObject({ status: "failed", error: { code } });
    expect(made.error?.message).toMatch(/the proxy/i);
    expect(JSON.stringify(made)).not.toContain("a-wrong-password");
    expect(asked).toHaveLength(before);
    expect(row).toMatchObject({ status, statusField: field });
  });
});

test("bypass lists and NO_PROXY are each setting's own", async () => {
  const here = manual(tinyproxy, { bypass: ["localhost"] });
  expect(await run(here, manual(squid.locked))).toMatchObject({
    run: { status: "succeeded", proxy: squid.locked.url },
    event: { proxy: "none" },
  });
  expect(await run(manual(tinyproxy), manual(squid.locked, { bypass: ["127.0.0.0/8"] }), "127.0.0.1")).toMatchObject({
    run: { status: "succeeded", proxy: "none" },
    event: { proxy: tinyproxy.url },
  });
  expect(await run(environment, environment, "127.0.0.1")).toMatchObject({
    run: { status: "succeeded", proxy: "none" },
    event: { proxy: chain.url },
  });
});
