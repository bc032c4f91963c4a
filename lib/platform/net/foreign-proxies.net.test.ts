import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { isAppError } from "#lib/platform/errors/app-error.ts";
import {
  type ForeignProxy,
  refusedHost,
  startProxyChain,
  startSquid,
  startTinyproxy,
} from "#scripts/test-foreign-proxies.ts";
import { describeGet, type Listening, listen, makeCertificates } from "#scripts/test-servers.ts";
import { closePools } from "./pools.ts";
import type { OpenProxySettings } from "./proxy-settings.ts";
import { type OutboundRequest, sendRequest } from "./request.ts";

// Proxies that other people wrote, each in a process of its own: Squid, tinyproxy and Apify's proxy-chain. What they did is read in
// their own logs.

const folder = mkdtempSync(join(tmpdir(), "sallyport-foreign-"));
let certificates: Awaited<ReturnType<typeof makeCertificates>>;
let plain: Listening;
let secure: Listening;
let squid: Awaited<ReturnType<typeof startSquid>>;
let tinyproxy: ForeignProxy;
let lockedTinyproxy: ForeignProxy;
let chain: ForeignProxy;
let lockedChain: ForeignProxy;
let secureChain: ForeignProxy;
const seen: { url: string; headers: Record<string, unknown> }[] = [];

beforeAll(async () => {
  certificates = await makeCertificates();
  writeFileSync(join(folder, "ca.pem"), certificates.ca);
  process.env.SALLYPORT_EGRESS = "allow:loopback";
  process.env.SALLYPORT_EXTRA_CA = join(folder, "ca.pem");
  for (const name of ["http_proxy", "https_proxy", "no_proxy"]) {
    delete process.env[name];
    delete process.env[name.toUpperCase()];
  }
  const serve: Parameters<typeof listen>[0] = (request, response) => {
    seen.push({ url: request.url ?? "", headers: request.headers });
    response.writeHead(request.url === "/503" ? 503 : 200).end("from the service");
  };
  [plain, secure] = await Promise.all([listen(serve), listen(serve, certificates.localhost)]);
  [squid, tinyproxy, lockedTinyproxy, chain, lockedChain, secureChain] = await Promise.all([
    startSquid(certificates.localhost),
    startTinyproxy(),
    startTinyproxy({ locked: true }),
    startProxyChain(),
    startProxyChain({ locked: true }),
    startProxyChain({ tls: certificates.localhost }),
  ]);
});
afterAll(async () => {
  await closePools();
  const all = [plain, secure, squid, tinyproxy, lockedTinyproxy, chain, lockedChain, secureChain];
  await Promise.all(all.map((each) => each?.close()));
  rmSync(folder, { recursive: true, force: true });
});

const http = (path = "/") => `http://localhost:${plain.port}${path}`;
const https = (path = "/") => `https://localhost:${secure.port}${path}`;
type ManualProxy = Extract<OpenProxySettings, { mode: "manual" }>;
function through(proxy: ForeignProxy, more: Partial<ManualProxy> = {}): { proxy: ManualProxy } {
  return { proxy: { mode: "manual", url: proxy.url, username: "", password: null, bypass: [], ...more } };
}
const get = (url: string, overrides: Partial<OutboundRequest>) => sendRequest(describeGet(url, overrides));

/** What a proxy wrote since then, once it holds all texts; tunnels are noted when they end. */
async function waitForLog(proxy: ForeignProxy, from: number, ...texts: string[]): Promise<string> {
  await closePools();
  for (const text of texts) await expect.poll(() => proxy.readLog().slice(from)).toContain(text);
  return proxy.readLog().slice(from);
}

type Kind = {
  open: () => ForeignProxy;
  locked?: () => ForeignProxy;
  /** Its answer to a wrong password. */
  wrong?: number;
  /** proxy-chain breaks off when it can't reach a host. */
  unreachable: { code: string; says: RegExp };
};
const cannotReach = {
  code: "proxy_target_unreachable",
  says: /^The proxy https?:\/\/localhost:\d+ can't reach (localhost:1|nowhere\.invalid:443) \(50\d\)\.$/,
};
const breaksOff = { code: "proxy_failed", says: /did not open the way to (localhost:1|nowhere\.invalid:443)\.$/ };
const kinds: [name: string, kind: Kind][] = [
  ["Squid", { open: () => squid.open, locked: () => squid.locked, wrong: 407, unreachable: cannotReach }],
  ["Squid over TLS", { open: () => squid.secure, unreachable: cannotReach }],
  ["tinyproxy", { open: () => tinyproxy, locked: () => lockedTinyproxy, wrong: 401, unreachable: cannotReach }],
  ["proxy-chain", { open: () => chain, locked: () => lockedChain, wrong: 407, unreachable: breaksOff }],
  ["proxy-chain over TLS", { open: () => secureChain, unreachable: breaksOff }],
];

describe.each(kinds)("%s", (_, { open, locked, wrong: refusal, unreachable }) => {
  test("forwards to an http service, which its log shows", async () => {
    const from = open().readLog().length;
    const path = `/f${Math.random()}`;
    const answer = await get(http(path), through(open()));
    expect(answer).toMatchObject({ status: 200, proxy: open().url });
    expect(answer.body.toString()).toBe("from the service");
    expect(seen.at(-1)).toMatchObject({ url: path, headers: { host: `localhost:${plain.port}` } });
    expect(await waitForLog(open(), from, String(plain.port))).toMatch(/GET|HTTP/);
  });

  test("opens a tunnel to an https service, which its log shows, and sees nothing of what is inside", async () => {
    const from = open().readLog().length;
    const path = `/t${Math.random()}`;
    const headers: [string, string][] = [["authorization", "Bearer inside-the-tunnel"]];
    expect(await get(https(path), { ...through(open()), headers })).toMatchObject({ status: 200, proxy: open().url });
    expect(seen.at(-1)).toMatchObject({ url: path, headers: { authorization: "Bearer inside-the-tunnel" } });
    const log = await waitForLog(open(), from, String(secure.port));
    expect(log).toMatch(/CONNECT/);
    expect(log).not.toContain(path);
    expect(log).not.toContain("inside-the-tunnel");
  });

  test("is not asked for a host on the bypass list", async () => {
    const from = open().readLog().length;
    const { proxy } = through(open(), { bypass: ["*.internal", `localhost:${plain.port}`, "127.0.0.0/8"] });
    expect(await get(http(), { proxy })).toMatchObject({ status: 200, proxy: "none" });
    expect(await get(http().replace("localhost", "127.0.0.1"), { proxy })).toMatchObject({ proxy: "none" });
    // The other port is not on the list, and the log holds nothing but it.
    expect(await get(https(), { proxy })).toMatchObject({ status: 200, proxy: open().url });
    expect(await waitForLog(open(), from, String(secure.port))).not.toContain(String(plain.port));
  });

  test("that can't reach the service is told from a service that has an error", async () => {
    for (const url of ["https://localhost:1/", "https://nowhere.invalid/"]) {
      const gone = await get(url, through(open())).catch((err) => err);
      expect(gone).toMatchObject({ code: unreachable.code, retryable: true });
      expect(gone.message).toMatch(unreachable.says);
    }
    expect(await get(http("/503"), through(open()))).toMatchObject({ status: 503 });
    expect(await get(https("/503"), through(open()))).toMatchObject({ status: 503 });
  });

  if (!locked) return;
  test.each([
    ["http", http],
    ["https", https],
  ])("takes the right user and password, and names a wrong one and none at all (%s)", async (_, url) => {
    const right = locked().user;
    const from = locked().readLog().length;
    expect(await get(url(), through(locked(), right))).toMatchObject({ status: 200, proxy: locked().url });
    expect(seen.at(-1)?.headers).not.toHaveProperty("proxy-authorization");
    const wrong = await get(url(), through(locked(), { ...right, password: "a-wrong-one" })).catch((err) => err);
    expect(wrong).toMatchObject({ code: "proxy_authentication_required", details: { status: refusal } });
    expect(wrong.message).toContain(`refused its user and password (${refusal})`);
    const none = await get(url(), through(locked())).catch((err) => err);
    expect(none).toMatchObject({ code: "proxy_authentication_required" });
    expect(none.message).toMatch(/asks for a user and a password/);
    expect(`${wrong.message}${wrong.hint}`).not.toContain("a-wrong-one");
    await waitForLog(locked(), from, "localhost");
  });
});

test("Squid's log shows who asked, and the 407 of who may not", async () => {
  const from = squid.locked.readLog().length;
  await get(http("/who"), through(squid.locked, squid.locked.user));
  await get(https("/who"), through(squid.locked, { ...squid.locked.user, password: "wrong" })).catch(() => undefined);
  await waitForLog(
    squid.locked,
    from,
    `200 TCP_MISS GET ${http("/who")} anna`,
    `407 TCP_DENIED CONNECT localhost:${secure.port} anna`,
  );
});

describe.each<[string, () => ForeignProxy]>([
  ["Squid", () => squid.open],
  ["tinyproxy", () => tinyproxy],
])("%s", (_, proxy) => {
  test.each(["http", "https"])(
    "does not let a host through, and that is neither the service's nor a wrong password (%s)",
    async (scheme) => {
      const refused = await get(`${scheme}://${refusedHost}/`, through(proxy())).catch((err) => err);
      expect(refused).toMatchObject({ code: "proxy_refused", retryable: false, details: { status: 403 } });
      expect(refused.message).toMatch(/does not let refused\.example\.test(:443)? through \(403\)/);
      expect(refused.hint).toMatch(/operator of the proxy/);
    },
  );

  test("says on its own page that it can't reach an http service", async () => {
    const gone = await get("http://localhost:1/", through(proxy())).catch((err) => err);
    expect(gone).toMatchObject({ code: "proxy_target_unreachable" });
    expect(gone.message).toMatch(/can't reach localhost:1 \(50\d\)/);
  });
});

test.each([
  [401, "proxy_authentication_required"],
  [407, "proxy_authentication_required"],
  [403, "proxy_refused"],
  [405, "proxy_refused"],
  [500, "proxy_target_unreachable"],
  [502, "proxy_target_unreachable"],
  [503, "proxy_target_unreachable"],
  [504, "proxy_target_unreachable"],
] as const)("proxy-chain that answers CONNECT with %i: %s", async (answer, code) => {
  const proxy = await startProxyChain({ answer });
  const refused = await get(https(), through(proxy, proxy.user)).catch((err) => err);
  expect(refused).toMatchObject({ code, details: { status: answer } });
  expect(refused.message).toContain(proxy.url);
  expect(refused.message).not.toContain(proxy.user.password);
  await proxy.close();
});

test("a proxy that is gone, one whose name is unknown, and one with another certificate are not reached", async () => {
  // Nobody listens on port 1, while another process might take the port of a proxy that ended.
  const gone = { ...tinyproxy, url: "http://localhost:1" };
  const misnamed = await startProxyChain({ tls: certificates.otherName });
  for (const url of [http(), https()]) {
    const dead = await get(url, through(gone)).catch((err) => err);
    expect(dead).toMatchObject({ code: "proxy_unreachable", retryable: true });
    expect(dead.message).toMatch(/The connection to the proxy localhost:1 was refused/);
    const nameless = await get(url, through({ ...gone, url: "http://nowhere.invalid:3128" })).catch((err) => err);
    expect(nameless).toMatchObject({ code: "proxy_unreachable" });
    expect(nameless.message).toMatch(/The name of the proxy nowhere\.invalid could not be resolved/);
    const foreign = await get(url, { ...through(misnamed), trustedCa: certificates.otherName.cert }).catch(
      (err) => err,
    );
    expect(foreign).toMatchObject({ code: "proxy_unreachable" });
    expect(foreign.message).toMatch(/TLS with the proxy localhost:\d+ failed: its certificate is not for localhost/);
    const unknown = await get(url, through(misnamed)).catch((err) => err);
    expect(unknown).toMatchObject({ code: "proxy_unreachable" });
    expect(unknown.message).toMatch(/issued by an authority that is not trusted here/);
    const unencrypted = await get(
      url,
      through({ ...squid.open, url: squid.open.url.replace("http:", "https:") }),
    ).catch((err) => err);
    expect(unencrypted).toMatchObject({ code: "proxy_unreachable" });
    expect(unencrypted.message).toMatch(/TLS with the proxy .* does not speak TLS/);
  }
  await misnamed.close();
});

test("a proxy that says nothing, or something else than HTTP, holds nobody up beyond the connect timeout", async () => {
  let wasAsked = "";
  const silent = createTcpServer((socket) => socket.on("data", (chunk) => (wasAsked += chunk))).listen(0, "127.0.0.1");
  const mail = createTcpServer((socket) => void socket.end("220 mail ready\r\n")).listen(0, "127.0.0.1");
  const urlOf = (server: typeof silent) => `http://localhost:${(server.address() as { port: number }).port}`;
  await Promise.all([silent, mail].map((server) => new Promise((resolve) => server.once("listening", resolve))));
  // The limit passes when the proxy has the request, however slow the machine is.
  const limit = new AbortController();
  const timeout = vi.spyOn(AbortSignal, "timeout").mockReturnValueOnce(limit.signal);
  const held = get(https(), { ...through({ ...chain, url: urlOf(silent) }), connectTimeoutMs: 500_000 });
  const outcome = held.catch((err) => err);
  await expect.poll(() => wasAsked).toContain(`CONNECT localhost:${secure.port}`);
  expect(timeout.mock.calls).toEqual([[500_000]]);
  timeout.mockRestore();
  limit.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
  const late = await outcome;
  expect(late).toMatchObject({ code: "proxy_failed", retryable: true });
  expect(late.message).toMatch(/did not open the way to localhost:\d+ within 500000 ms/);
  const other = await get(https(), through({ ...chain, url: urlOf(mail) })).catch((err) => err);
  expect(other).toMatchObject({ code: "proxy_failed" });
  expect(other.message).toMatch(/did not open the way to localhost:\d+\.$/);
  await closePools();
  silent.close();
  mail.close();
});

/** For each environment the URLs with who is asked: the proxy (then Squid's log names the host), or the host itself. */
const variables: [environment: Record<string, string>, urls: [url: string, proxied: boolean][]][] = [
  [{ NO_PROXY: "" }, [["http://one.test/", true]]],
  [
    { NO_PROXY: "*" },
    [
      ["http://two.test/", false],
      ["http://localhost:PORT/", false],
    ],
  ],
  [
    { NO_PROXY: "Plain.test, .dot.test *.star.test,port.test:8080,127.0.0.0/8" },
    [
      ["http://plain.test/", false],
      ["http://below.plain.test/", false],
      ["http://notplain.test/", true],
      ["http://dot.test/", false],
      ["http://below.dot.test/", false],
      ["http://notdot.test/", true],
      ["http://below.star.test/", false],
      ["http://star.test/", true],
      ["http://port.test:8080/", false],
      ["http://port.test/", true],
      ["http://127.0.0.1:PORT/", false],
      ["http://localhost:PORT/", true],
    ],
  ],
  [
    { no_proxy: "small.test,10.0.0.0/8" },
    [
      ["http://small.test/", false],
      ["http://127.0.0.1:PORT/", true],
    ],
  ],
];
test.each(variables)("with %j the environment decides as it usually does", async (environment, urls) => {
  const from = squid.open.readLog().length;
  const outcomes = await askWith(
    { http_proxy: squid.open.url, ...environment },
    urls.map(([url]) => url.replace("PORT", String(plain.port))),
  );
  const proxied = outcomes.map(({ code, proxy }) => code === "proxy_target_unreachable" || proxy === squid.open.url);
  expect(urls.map(([url], index) => [url, proxied[index]])).toEqual(urls);
  // What was not proxied was asked for itself, of nobody or of the service.
  const direct = outcomes.filter((_, index) => !proxied[index]);
  expect(direct.every(({ code, proxy }) => code === "name_not_resolved" || proxy === "none")).toBe(true);
  const asked = () => {
    const lines = squid.open.readLog().slice(from).trim().split("\n");
    return lines.map((line) => line.split(" ")[3]?.replace(String(plain.port), "PORT")).filter(Boolean);
  };
  const expected = urls.filter(([, isProxied]) => isProxied).map(([url]) => url);
  await expect.poll(() => asked().sort()).toEqual(expected.sort());
});

test("http and https targets take their own variable, and mode none takes neither", async () => {
  const environment = { HTTP_PROXY: chain.url, HTTPS_PROXY: squid.secure.url, NO_PROXY: "127.0.0.1" };
  expect(await askWith(environment, [http("/by-variable"), https("/by-variable")])).toEqual([
    { status: 200, proxy: chain.url },
    { status: 200, proxy: squid.secure.url },
  ]);
  expect(await get(https(), { proxy: { mode: "none" } })).toMatchObject({ proxy: "none" });
});

/** What comes of requests that take the proxy of such an environment. */
async function askWith(
  environment: Record<string, string>,
  urls: string[],
): Promise<{ status?: number; proxy?: string; code?: string }[]> {
  const names = Object.keys(environment);
  const before = Object.fromEntries(names.map((name) => [name, process.env[name]]));
  Object.assign(process.env, environment);
  const ask = (url: string) =>
    get(url, { proxy: { mode: "environment" } }).then(
      ({ status, proxy }) => ({ status, proxy }),
      (err) => ({ code: isAppError(err) ? err.code : String(err) }),
    );
  return Promise.all(urls.map(ask)).finally(() => {
    for (const name of names) delete process.env[name];
    for (const name of names) if (before[name] !== undefined) process.env[name] = before[name];
  });
}
