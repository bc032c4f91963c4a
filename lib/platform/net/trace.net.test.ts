import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeGet, listen, makeCertificates, startProxy } from "#scripts/test-servers.ts";
import { closePools } from "./pools.ts";
import type { OpenProxySettings } from "./proxy-settings.ts";
import { sendRequest } from "./request.ts";
import { isWayOpen, type NetworkTrace, startTrace } from "./trace.ts";

let certificates: Awaited<ReturnType<typeof makeCertificates>>;
beforeAll(async () => {
  certificates = await makeCertificates();
  const file = join(mkdtempSync(join(tmpdir(), "sallyport-trace-")), "ca.pem");
  writeFileSync(file, certificates.ca);
  process.env.SALLYPORT_EXTRA_CA = file;
  process.env.SALLYPORT_EGRESS = "allow:loopback";
});
afterAll(closePools);

async function traced(url: string, proxy: OpenProxySettings = { mode: "none" }) {
  const trace: NetworkTrace = startTrace();
  const outcome = await sendRequest(describeGet(url, { trace, proxy })).catch((err) => err);
  return { trace, code: outcome.code as string | undefined };
}
const manual = (port: number, password = "secret"): OpenProxySettings => ({
  mode: "manual",
  url: `http://localhost:${port}`,
  username: "anna",
  password,
  bypass: [],
});
const date = "Tue, 15 Jan 2030 12:00:00 GMT";
const answer = (_: unknown, response: import("node:http").ServerResponse) =>
  void response.setHeader("date", date).end("ok");

test("a straight request is noted from the name to the answer, on a connection of its own", async () => {
  const server = await listen(answer, certificates.localhost);
  const url = `https://localhost:${server.port}/`;
  await sendRequest(describeGet(url));
  const { trace } = await traced(url);
  expect(trace).toMatchObject({
    way: "direct",
    proxy: null,
    noProxyReason: "No proxy is set.",
    toProxy: null,
    toHost: { host: "localhost", port: String(server.port), address: "127.0.0.1", isSecure: true, isOpen: true },
    answer: { status: 200, date },
  });
  expect(trace.toHost?.addresses).toContain("127.0.0.1");
  expect(trace.toHost?.dialled).toContain("127.0.0.1");
  expect(trace.toHost?.tls).toMatchObject({
    protocol: "TLSv1.3",
    certificate: {
      names: expect.arrayContaining(["localhost"]),
      fingerprint: expect.stringMatching(/^([0-9A-F]{2}:){31}/),
    },
  });
  expect(Date.parse(trace.toHost?.tls?.certificate?.validTo ?? "")).toBeGreaterThan(Date.now());
  for (const ms of [trace.toHost?.lookupMs, trace.toHost?.connectMs, trace.toHost?.tls?.ms, trace.answer?.ms]) {
    expect(ms).toBeGreaterThanOrEqual(0);
  }
  expect(isWayOpen(trace)).toBe(true);
  await server.close();
});

test.each([
  ["has expired", () => certificates.expired, /localhost/],
  ["is for another host", () => certificates.otherName, /other\.example\.com/],
])("a certificate that %s is noted although it is not trusted", async (_, certificate, subject) => {
  const server = await listen(answer, certificate());
  const { trace, code } = await traced(`https://localhost:${server.port}/`);
  expect(code).toBe("tls_failed");
  expect(trace.toHost?.tls?.certificate?.subject).toMatch(subject);
  expect(isWayOpen(trace)).toBe(false);
  await server.close();
});

test("a name that does not exist, and a port where nothing listens, end where they fail", async () => {
  const noName = await traced("https://nowhere.invalid/");
  expect(noName.code).toBe("name_not_resolved");
  expect(noName.trace.toHost).toMatchObject({ addresses: [], dialled: [], address: null, isOpen: false });
  const refused = await traced("http://127.0.0.1:1/");
  expect(refused.code).toBe("connection_failed");
  expect(refused.trace.toHost).toMatchObject({ addresses: ["127.0.0.1"], address: null, isOpen: false });
});

test("a tunnel is noted in both its parts, without user and password", async () => {
  const [server, proxy] = [
    await listen(answer, certificates.localhost),
    await startProxy({ credentials: "anna:secret" }),
  ];
  const { trace } = await traced(`https://localhost:${server.port}/`, manual(proxy.port));
  expect(trace).toMatchObject({
    way: "tunnel",
    proxy: `http://localhost:${proxy.port}`,
    toProxy: { host: "localhost", port: String(proxy.port), isOpen: true },
    tunnel: { status: 200 },
    toHost: { isSecure: true, isOpen: true, tls: { protocol: "TLSv1.3" } },
    answer: { status: 200 },
  });
  const refused = await traced(`https://localhost:${server.port}/`, manual(proxy.port, "wrong"));
  expect(refused).toMatchObject({
    code: "proxy_authentication_required",
    trace: { tunnel: { status: 407 }, toHost: null, answer: null },
  });
  expect(isWayOpen(refused.trace)).toBe(false);
  expect(JSON.stringify([trace, refused.trace])).not.toMatch(/secret|wrong|anna/);
  await Promise.all([server.close(), proxy.close()]);
});

test("a proxy that forwards is the only hop", async () => {
  const [server, proxy] = [await listen(answer), await startProxy({ credentials: "anna:secret" })];
  const { trace } = await traced(`http://localhost:${server.port}/`, manual(proxy.port));
  expect(trace).toMatchObject({ way: "forward", toProxy: { isOpen: true }, toHost: null, answer: { status: 200 } });
  expect(isWayOpen(trace)).toBe(true);
  const refused = await traced(`http://localhost:${server.port}/`, manual(proxy.port, "wrong"));
  expect(refused).toMatchObject({ code: "proxy_authentication_required", trace: { answer: null } });
  await Promise.all([server.close(), proxy.close()]);
});
