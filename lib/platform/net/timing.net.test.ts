import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { describeGet, listen, makeCertificates, startProxy } from "#scripts/test-servers.ts";
import { closePools } from "./pools.ts";
import type { OpenProxySettings } from "./proxy-settings.ts";
import { sendRequest } from "./request.ts";
import { Timing } from "./timing.ts";

let certificates: Awaited<ReturnType<typeof makeCertificates>>;
beforeAll(async () => {
  certificates = await makeCertificates();
  const file = join(mkdtempSync(join(tmpdir(), "sallyport-timing-")), "ca.pem");
  writeFileSync(file, certificates.ca);
  process.env.SALLYPORT_EXTRA_CA = file;
  process.env.SALLYPORT_EGRESS = "allow:loopback";
});
afterEach(closePools);
afterAll(closePools);

async function time(url: string, proxy: OpenProxySettings = { mode: "none" }) {
  const timing = new Timing();
  const failure = await sendRequest(describeGet(url, { timing, proxy })).then(
    () => null,
    (err) => err.code as string,
  );
  return { timing, failure, names: timing.phases.map(({ name }) => name) };
}
const through = (port: number): OpenProxySettings => ({
  mode: "manual",
  url: `http://localhost:${port}`,
  username: "anna",
  password: "secret",
  bypass: [],
});
const answer = (_: unknown, response: import("node:http").ServerResponse) => void response.end("ok");

test("phases of a connection are measured by the request that opens it, one after the other", async () => {
  const server = await listen(answer, certificates.localhost);
  const url = `https://localhost:${server.port}/`;
  const { timing, names } = await time(url);
  expect(names).toEqual(["lookup", "connect", "tls", "first_byte", "body"]);
  for (const [index, { startMs }] of timing.phases.entries()) {
    const before = timing.phases[index - 1];
    if (before) expect(startMs).toBeGreaterThanOrEqual(before.startMs + before.durationMs - 0.11);
  }
  // undici doesn't reuse a connection right after its first response.
  await time(url);
  expect((await time(url)).names).toEqual(["first_byte", "body"]);
  await server.close();
});

test("concurrent requests each get their own connection's phases", async () => {
  const server = await listen(answer, certificates.localhost);
  const all = await Promise.all(Array.from({ length: 5 }, () => time(`https://localhost:${server.port}/`)));
  for (const { names } of all) expect(names).toEqual(["lookup", "connect", "tls", "first_byte", "body"]);
  await server.close();
});

test("the way through a proxy is one phase, with and without a tunnel", async () => {
  const proxy = await startProxy({ credentials: "anna:secret" });
  const [secure, plain] = [await listen(answer, certificates.localhost), await listen(answer)];
  const tunnel = await time(`https://localhost:${secure.port}/`, through(proxy.port));
  expect(tunnel.names).toEqual(["proxy", "tls", "first_byte", "body"]);
  const forward = await time(`http://localhost:${plain.port}/`, through(proxy.port));
  expect(forward.names).toEqual(["proxy", "first_byte", "body"]);
  await Promise.all([secure.close(), plain.close(), proxy.close()]);
});

test("a request that fails ends with the phase that failed", async () => {
  expect(await time("https://nowhere.invalid/")).toMatchObject({ failure: "name_not_resolved", names: ["lookup"] });
  expect(await time("http://127.0.0.1:1/")).toMatchObject({ failure: "connection_failed", names: ["connect"] });
  const server = await listen(answer, certificates.expired);
  const expired = await time(`https://localhost:${server.port}/`);
  expect(expired).toMatchObject({ failure: "tls_failed" });
  expect(expired.names.at(-1)).toBe("tls");
  await server.close();
  const refusing = await startProxy({ credentials: "anna:other" });
  const refused = await time("https://localhost:1/", through(refusing.port));
  expect(refused).toMatchObject({ failure: "proxy_authentication_required", names: ["proxy"] });
  await refusing.close();
});

test("a slow response is in the first byte, and a slow body in the body", async () => {
  let finish = () => {};
  const server = await listen((_, response) => {
    response.writeHead(200).write("a");
    finish = () => response.end("b");
  });
  const timing = new Timing();
  const sending = sendRequest(describeGet(`http://localhost:${server.port}/`, { timing }));
  await expect.poll(() => timing.phases.map(({ name }) => name)).toContain("first_byte");
  expect(timing.phases.map(({ name }) => name)).not.toContain("body");
  finish();
  await sending;
  expect(timing.phases.at(-1)?.name).toBe("body");
  await server.close();
});
