import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTransport } from "#lib/delivery/transport-edits/create-transport.ts";
import { transportInput } from "#lib/delivery/transports/schema.ts";
import { createTrigger } from "#lib/delivery/trigger-edits/create-trigger.ts";
import { triggerInput } from "#lib/delivery/triggers/schema.ts";
import { createAuthority, updateAuthority } from "#lib/oauth/network/authorities.ts";
import { createProxy, updateProxy } from "#lib/oauth/network/proxies.ts";
import { authorityInput, authorityUpdate, proxyInput, proxyUpdate } from "#lib/oauth/network/schema.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { genericInput, setUpSandbox, store, tester } from "#scripts/test-sandbox.ts";
import { type Listening, listen, makeCertificates, startProxy, type TestProxy } from "#scripts/test-servers.ts";
import { fireTrigger } from "./fire.ts";

setUpTestDatabase();
const sandbox = setUpSandbox();
/** With a certificate of an authority that Sallyport doesn't trust. */
let secure: Listening;
let service: Listening;
let first: TestProxy;
let second: TestProxy;
let certificates: Awaited<ReturnType<typeof makeCertificates>>;
let nodeId: string;
const received: (string | undefined)[] = [];

beforeAll(async () => {
  certificates = await makeCertificates();
  service = await listen((request, response) => {
    received.push(request.headers.authorization);
    response.end("{}");
  });
  secure = await listen((_, response) => {
    response.setHeader("content-type", "application/json");
    response.end('{"access_token":"from-the-private-provider","token_type":"Bearer","expires_in":3600}');
  }, certificates.localhost);
  first = await startProxy({ credentials: "portal:a password" });
  second = await startProxy();
  nodeId = await insertNode("Plant");
});
beforeEach(() => {
  for (const list of [received, first.asked, second.asked]) list.length = 0;
});
afterAll(() => Promise.all([service, secure, first, second].map((each) => each?.close())));

const urlOf = ({ port }: Listening) => `http://127.0.0.1:${port}`;
const addProxy = (more: object = {}) =>
  createProxy(
    tester,
    proxyInput.parse({ name: randomUUID(), url: urlOf(first), username: "portal", password: "a password", ...more }),
  );
const addAuthority = (text: string) =>
  createAuthority(tester, authorityInput.parse({ name: randomUUID(), certificates: text }));
const named = (proxyId: string) => ({ mode: "named" as const, proxyId });

async function addTrigger(transport: object) {
  const { id: transportId } = await createTransport(
    tester,
    transportInput.parse({ name: randomUUID(), nodeId, type: "HTTP", http: { url: urlOf(service) }, ...transport }),
  );
  return createTrigger(tester, triggerInput.parse({ name: randomUUID(), nodeId, transportId, request: {} }));
}
const run = ({ id }: { id: string }) => fireTrigger(tester, id, {});

test("a run goes through the named proxy of its transport, and through the changed one next time", async () => {
  const proxy = await addProxy();
  const trigger = await addTrigger({ proxy: named(proxy.id) });
  expect(await run(trigger)).toMatchObject({ status: "succeeded", proxy: urlOf(first) });
  expect(first.asked).toHaveLength(1);
  await updateProxy(tester, proxy.id, proxyUpdate.parse({ version: 1, url: urlOf(second), password: null }));
  expect(await run(trigger)).toMatchObject({ status: "succeeded", proxy: urlOf(second) });
  await updateProxy(tester, proxy.id, proxyUpdate.parse({ version: 2, bypass: ["127.0.0.1"] }));
  expect(await run(trigger)).toMatchObject({ status: "succeeded", proxy: "none" });
  expect([first.asked.length, second.asked.length, received.length]).toEqual([1, 1, 3]);
});

test("a wrong password of a named proxy fails the run, which doesn't repeat it", async () => {
  const proxy = await addProxy({ password: "a-wrong-password" });
  const made = await run(await addTrigger({ proxy: named(proxy.id) }));
  expect(made).toMatchObject({ status: "failed", error: { code: "proxy_authentication_required" } });
  expect(JSON.stringify(made)).not.toContain("a-wrong-password");
  expect(received).toEqual([]);
});

test("a token request goes through the named proxy of its credential", async () => {
  const proxy = await addProxy();
  const credential = await store(genericInput(sandbox.current, { proxy: named(proxy.id) }));
  const authorization = { kind: "credential", credentialId: credential.id };
  expect(await run(await addTrigger({ authorization }))).toMatchObject({ status: "succeeded", proxy: "none" });
  expect(first.asked).toEqual([`CONNECT ${new URL(sandbox.current.genericTokenEndpoint).host}`]);
  expect(received).toEqual([expect.stringMatching(/^Bearer ./)]);
});

test("a run trusts the named certificate authority of its transport as long as it's the right one", async () => {
  const authority = await addAuthority(certificates.otherName.cert);
  const http = { url: `https://localhost:${secure.port}/` };
  const trigger = await addTrigger({ http, trustedCaId: authority.id });
  expect(await run(trigger)).toMatchObject({ status: "failed", error: { code: "tls_failed" } });
  const update = (version: number, text: string) =>
    updateAuthority(tester, authority.id, authorityUpdate.parse({ version, certificates: text }));
  await update(1, certificates.ca);
  expect(await run(trigger)).toMatchObject({ status: "succeeded" });
  await update(2, certificates.otherName.cert);
  expect(await run(trigger)).toMatchObject({ status: "failed", error: { code: "tls_failed" } });
  const both = await addTrigger({ http, trustedCaId: authority.id, trustedCa: certificates.ca });
  expect(await run(both)).toMatchObject({ status: "succeeded" });
});

test("a token request trusts the named certificate authority of its credential", async () => {
  const endpointUrl = `https://localhost:${secure.port}/token`;
  const ask = async (more: object) => {
    const credential = await store(genericInput(sandbox.current, { endpointUrl, ...more }));
    return run(await addTrigger({ authorization: { kind: "credential", credentialId: credential.id } }));
  };
  expect(await ask({})).toMatchObject({ status: "failed", error: { code: "tls_failed" } });
  const { id: trustedCaId } = await addAuthority(certificates.ca);
  expect(await ask({ trustedCaId })).toMatchObject({ status: "succeeded" });
  expect(received).toEqual(["Bearer from-the-private-provider"]);
});
