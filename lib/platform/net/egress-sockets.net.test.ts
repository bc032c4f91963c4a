import { createSocket, type Socket } from "node:dgram";
import dns from "node:dns";
import { Resolver } from "node:dns/promises";
import { syncBuiltinESMExports } from "node:module";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { TransportPlan } from "#lib/delivery/transports/plan.ts";
import { send } from "#lib/delivery/transports/send.ts";
import { singleton } from "#lib/platform/env/singleton.ts";
import { testLimitMs } from "#scripts/test-limits.ts";
import {
  describeGet,
  type Listening,
  listen,
  makeCertificates,
  startProxy,
  type TestProxy,
} from "#scripts/test-servers.ts";
import { closePools } from "./pools.ts";
import type { OpenProxySettings } from "./proxy-settings.ts";
import { sendRequest } from "./request.ts";

/** What each lookup of a name answers, one after the other; the last answer stays. */
const names = new Map<string, { answers: string[][]; lookups: number }>();
type Callback = (err: Error | null, addresses: { address: string; family: number }[]) => void;
const systemLookup = dns.lookup;

function lookUpName(host: string, options: object, callback: Callback): void {
  const name = names.get(host);
  if (!name) {
    systemLookup(host, options, callback as never);
    return;
  }
  const answer = name.answers[Math.min(name.lookups++, name.answers.length - 1)] ?? [];
  const addresses = answer.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
  callback(null, addresses);
}

function replaceLookup(lookup: unknown): void {
  dns.lookup = lookup as typeof dns.lookup;
  syncBuiltinESMExports();
}
beforeAll(() => replaceLookup(lookUpName));
afterAll(() => replaceLookup(systemLookup));

let service: Listening;
let secure: Listening;
let proxy: TestProxy;
let nameServer: Socket;
let reached: string[] = [];
/** What the name server of this machine knows. */
const records = new Map([
  ["rebound.example.com", "169.254.169.254"],
  ["inside.example.com", "127.0.0.1"],
  ["denied.example.com", "10.9.8.7"],
  ["fine.example.com", "192.0.2.1"],
]);

beforeAll(async () => {
  for (const name of ["http_proxy", "https_proxy", "no_proxy"]) delete process.env[name];
  // By their names: the addresses themselves stay refused.
  process.env.SALLYPORT_EGRESS = "allow:friend.example.com allow:proxy.example.com deny:10.9.0.0/16";
  const certificates = await makeCertificates();
  const handle: Parameters<typeof listen>[0] = (request, response) => {
    reached.push(`${request.headers.host}${request.url}`);
    const target = new URL(request.url ?? "/", "http://x").searchParams.get("to");
    response
      .writeHead(target ? 302 : 200, target ? { location: target.replace(/[^ -~]/g, encodeURIComponent) } : {})
      .end("fine");
  };
  service = await listen(handle);
  secure = await listen(handle, certificates.localhost);
  proxy = await startProxy();
  nameServer = await startNameServer();
  // As Sallyport's own, but it waits for this name server, which may be slow.
  const resolver = singleton("net.resolver", () => new Resolver({ timeout: testLimitMs, tries: 1 }));
  resolver.setServers([`127.0.0.1:${nameServer.address().port}`]);
});
beforeEach(async () => {
  await closePools();
  reached = [];
  proxy.asked.length = 0;
  names.clear();
  for (const name of ["friend.example.com", "proxy.example.com"])
    names.set(name, { answers: [["127.0.0.1"]], lookups: 0 });
});
afterAll(async () => {
  await closePools();
  nameServer.close();
  await Promise.all([service, secure, proxy].map((server) => server.close()));
});

/** Answers A queries (RFC 1035 section 4) from the table; what is not in it does not exist. */
function startNameServer(): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.on("message", (query, from) => {
    const labels: string[] = [];
    let at = 12;
    for (; query[at]; at += query[at]! + 1) labels.push(query.toString("latin1", at + 1, at + 1 + query[at]!));
    const isA = query.readUInt16BE(at + 1) === 1;
    const address = records.get(labels.join("."));
    const header = Buffer.from(query.subarray(0, 12));
    header.writeUInt16BE(address ? 0x8180 : 0x8183, 2);
    header.writeUInt16BE(address && isA ? 1 : 0, 6);
    header.writeUInt32BE(0, 8);
    const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...(address ?? "").split(".").map(Number)]);
    socket.send(Buffer.concat([header, query.subarray(12, at + 5), ...(address && isA ? [answer] : [])]), from.port);
  });
  return new Promise((resolve) => socket.bind(0, "127.0.0.1", () => resolve(socket)));
}

const get = (url: string, settings: OpenProxySettings = { mode: "none" }) =>
  sendRequest(describeGet(url, { proxy: settings }));
const through = (): OpenProxySettings => ({
  mode: "manual",
  url: `http://proxy.example.com:${proxy.port}`,
  username: "",
  password: null,
  bypass: [],
});

/** Ways to write 127.0.0.1 and this machine. */
const disguises = [
  "127.0.0.1",
  "127.1",
  "2130706433",
  "0x7f000001",
  "0x7f.0.0.1",
  "017700000001",
  "0177.0.0.01",
  "127.0.0.1.",
  "%31%32%37.0.0.1",
  "１２７。０。０。１",
  "0",
  "0.0.0.0",
  "localhost",
  "[::1]",
  "[0:0:0:0:0:0:0:1]",
  "[::]",
  "[::ffff:127.0.0.1]",
  "[::ffff:7f00:1]",
  "[::127.0.0.1]",
  "[64:ff9b::7f00:1]",
  "[2002:7f00:1::]",
];
/** Names of this machine that not every resolver knows. */
const localNames = ["LOCALHOST.", "anything.localhost"];
/** The same of the clouds' metadata service. */
const metadata = ["169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "[::ffff:a9fe:a9fe]"];

test.each([...disguises, ...metadata])("nothing is dialled at http://%s", async (host) => {
  await expect(get(`http://${host}:${service.port}/`)).rejects.toMatchObject({ code: "egress_denied" });
  expect(reached).toEqual([]);
});

test.each([...disguises, ...localNames, ...metadata])("no proxy is asked for %s, over http or https", async (host) => {
  for (const scheme of ["http", "https"]) {
    const sent = get(`${scheme}://${host}:${service.port}/`, through());
    await expect(sent, scheme).rejects.toMatchObject({ code: "egress_denied" });
  }
  expect(proxy.asked).toEqual([]);
});

test("the address that was checked is the address that is dialled, however the name changes", async () => {
  const name = { answers: [["127.0.0.1"], ["169.254.169.254"]], lookups: 0 };
  names.set("friend.example.com", name);
  const url = `http://friend.example.com:${service.port}/`;
  expect((await get(url)).status).toBe(200);
  expect(name.lookups).toBe(1);
  await closePools();
  await expect(get(url)).rejects.toMatchObject({ code: "egress_denied", message: expect.stringContaining("169.254") });
  expect(reached).toHaveLength(1);
});

test("of several addresses only those are dialled that are allowed", async () => {
  const answers = [["169.254.169.254", "::ffff:169.254.169.254", "fe80::1", "127.0.0.1"]];
  names.set("friend.example.com", { answers, lookups: 0 });
  expect((await get(`http://friend.example.com:${service.port}/`)).status).toBe(200);
});

test("a name that leads to this machine is refused, with or without TLS", async () => {
  names.set("sneaky.example.com", { answers: [["127.0.0.1"]], lookups: 0 });
  names.set("sneaky6.example.com", { answers: [["::1"]], lookups: 0 });
  for (const url of [
    `http://sneaky.example.com:${service.port}/`,
    `http://sneaky6.example.com:${service.port}/`,
    `https://sneaky.example.com:${secure.port}/`,
  ]) {
    await expect(get(url), url).rejects.toMatchObject({ code: "egress_denied" });
  }
  expect(reached).toEqual([]);
});

const plan = {
  id: "t",
  name: "Orders",
  proxy: { settings: { mode: "none" }, passwordEnvelope: null, aad: "" },
  aads: {},
  trustedCa: null,
  namedCa: null,
  clientCertificate: null,
  clientKeyEnvelope: null,
  connectTimeoutMs: testLimitMs,
  maxResponseBytes: 1000,
  followRedirects: true,
} as unknown as TransportPlan;
const follow = (to: string) => {
  const url = `http://friend.example.com:${service.port}/?to=${encodeURIComponent(to)}`;
  return send(plan, { method: "GET", url, headers: [], body: null }, testLimitMs);
};

test("a redirect is followed only where the policy lets a request go", async () => {
  const first = expect.stringMatching(/^friend\.example\.com:\d+\/\?to=/);
  for (const host of [...disguises, ...metadata]) {
    reached = [];
    await expect(follow(`http://${host}:${service.port}/`), host).rejects.toMatchObject({ code: "egress_denied" });
    expect(reached, host).toEqual([first]);
  }
  expect(await follow(`http://friend.example.com:${service.port}/there`)).toMatchObject({ status: 200 });
});

test("a proxy is dialled by the policy as well", async () => {
  const settings = { ...through(), url: `http://127.0.0.1:${proxy.port}` } as OpenProxySettings;
  for (const url of [`http://fine.example.com:${service.port}/`, "https://fine.example.com/"]) {
    await expect(get(url, settings)).rejects.toMatchObject({ code: "egress_denied" });
  }
  expect(proxy.asked).toEqual([]);
});

test.each(["rebound", "inside", "denied"])(
  "no proxy is asked for %s.example.com, whose address is known here and refused",
  async (name) => {
    for (const scheme of ["http", "https"]) {
      const sent = get(`${scheme}://${name}.example.com:${service.port}/`, through());
      await expect(sent).rejects.toMatchObject({ code: "egress_denied" });
    }
    expect(proxy.asked).toEqual([]);
  },
);

test("a name that only the proxy can resolve, or whose address is fine, goes to the proxy", async () => {
  const other = await startProxy({ refuse: 502 });
  const settings = { ...through(), url: `http://proxy.example.com:${other.port}` } as OpenProxySettings;
  expect(await get("http://elsewhere.example.com/", settings)).toMatchObject({ status: 502 });
  await expect(get("https://fine.example.com/", settings)).rejects.toMatchObject({ code: "proxy_target_unreachable" });
  expect(other.asked).toEqual(["GET http://elsewhere.example.com/", "CONNECT fine.example.com:443"]);
  await other.close();
});
