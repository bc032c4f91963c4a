import { X509Certificate } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ensureCertificates } from "./certificates.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "certificates-"));
});
afterEach(() => rm(dir, { recursive: true }));

it("makes a certificate for the loopback names, signed by the authority that clients trust", async () => {
  const made = await ensureCertificates(dir, { names: ["idp.sandbox.example"] });
  const certificate = new X509Certificate(made.cert);
  expect(certificate.verify(new X509Certificate(await readFile(made.caFile)).publicKey)).toBe(true);
  expect(certificate.checkHost("localhost")).toBe("localhost");
  expect(certificate.checkHost("idp.sandbox.example")).toBe("idp.sandbox.example");
  expect(certificate.checkIP("127.0.0.1")).toBe("127.0.0.1");
  expect(certificate.checkIP("::1")).toBe("::1");
});

it("keeps what it has made, with keys that only their owner can read", async () => {
  const first = await ensureCertificates(dir);
  expect(await ensureCertificates(dir)).toEqual(first);
  for (const file of ["ca.key", "server.key"]) {
    expect((await stat(path.join(dir, file))).mode & 0o777).toBe(0o600);
  }
});

it("renews the server certificate near its end, under the same authority", async () => {
  const now = new Date();
  const first = await ensureCertificates(dir, { now });
  const later = await ensureCertificates(dir, { now: new Date(now.getTime() + 370 * DAY_MS) });
  expect(later.ca).toBe(first.ca);
  expect(later.cert).not.toBe(first.cert);
  expect(new X509Certificate(later.cert).validToDate.getTime()).toBeGreaterThan(now.getTime() + 700 * DAY_MS);
});

it("makes a new certificate for a name that the kept one lacks, and when the kept files are damaged", async () => {
  const first = await ensureCertificates(dir);
  const named = await ensureCertificates(dir, { names: ["other.example"] });
  expect(named.cert).not.toBe(first.cert);
  await writeFile(path.join(dir, "ca.pem"), "damaged");
  const repaired = await ensureCertificates(dir, { names: ["other.example"] });
  expect(new X509Certificate(repaired.cert).verify(new X509Certificate(repaired.ca).publicKey)).toBe(true);
});
