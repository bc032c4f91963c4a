import { createPrivateKey, X509Certificate } from "node:crypto";
import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { isIP } from "node:net";
import path from "node:path";
import { generate } from "selfsigned";

const DAY_MS = 24 * 60 * 60 * 1000;
const CA_DAYS = 3650;
const SERVER_DAYS = 397;
const RENEW_WHEN_DAYS_LEFT = 30;
const ALWAYS_NAMED = ["localhost", "127.0.0.1", "::1"];

export interface SandboxCertificates {
  /** Path of the certificate authority's PEM file: what a client has to trust. */
  caFile: string;
  ca: string;
  key: string;
  cert: string;
}

interface KeyAndCertificate {
  key: string;
  cert: string;
}

interface CertificateOptions {
  /** Host names and addresses beside localhost, 127.0.0.1 and ::1. */
  names?: readonly string[];
  now?: Date;
}

/**
 * Reads the certificate authority and the server certificate kept in `dir`, and makes whatever is missing, damaged,
 * within 30 days of its end, or not valid for all `names`. Keys are written with mode 0600.
 */
export async function ensureCertificates(dir: string, options: CertificateOptions = {}): Promise<SandboxCertificates> {
  const now = options.now ?? new Date();
  const names = [...new Set([...ALWAYS_NAMED, ...(options.names ?? [])])];
  await mkdir(dir, { recursive: true, mode: 0o700 });

  let ca = await readPair(dir, "ca");
  if (!ca || !lastsLongEnough(ca.cert, now)) {
    ca = await issue(() => makeAuthority(now));
    await writePair(dir, "ca", ca);
  }
  const authority = ca;

  let server = await readPair(dir, "server");
  if (
    !server ||
    !lastsLongEnough(server.cert, now) ||
    !isIssuedBy(server.cert, ca.cert) ||
    !covers(server.cert, names)
  ) {
    server = await issue(() => makeServer(authority, names, now));
    await writePair(dir, "server", server);
  }
  return { caFile: path.join(dir, "ca.pem"), ca: ca.cert, key: server.key, cert: server.cert };
}

async function makeAuthority(now: Date): Promise<KeyAndCertificate & { issuer: string }> {
  const made = await generate([{ name: "commonName", value: `Sallyport sandbox CA ${now.getTime()}` }], {
    keyType: "ec",
    algorithm: "sha256",
    notBeforeDate: new Date(now.getTime() - DAY_MS),
    notAfterDate: new Date(now.getTime() + CA_DAYS * DAY_MS),
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return { key: made.private, cert: `${made.cert}\n`, issuer: made.cert };
}

async function makeServer(ca: KeyAndCertificate, names: readonly string[], now: Date) {
  const made = await generate([{ name: "commonName", value: "localhost" }], {
    keyType: "ec",
    algorithm: "sha256",
    notBeforeDate: new Date(now.getTime() - DAY_MS),
    notAfterDate: new Date(now.getTime() + SERVER_DAYS * DAY_MS),
    ca,
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: names.map((name) => (isIP(name) ? { type: 7, ip: name } : { type: 2, value: name })),
      },
    ],
  });
  return { key: made.private, cert: `${made.cert}\n`, issuer: ca.cert };
}

interface ClientCertificateOptions {
  keyType?: "rsa" | "ec";
  curve?: "P-256" | "P-384" | "P-521";
  /** Days from now until it ends. */
  days?: number;
}

/** Makes a client certificate that the authority kept in `dir` issues; without `dir` a self-signed one. */
export async function makeClientCertificate(
  name: string,
  dir: string | null,
  { keyType = "ec", curve = "P-256", days = 90 }: ClientCertificateOptions = {},
): Promise<KeyAndCertificate> {
  const ca = dir === null ? undefined : await readPair(dir, "ca");
  return issue(async () => {
    const made = await generate([{ name: "commonName", value: name }], {
      keyType,
      curve,
      algorithm: "sha256",
      notBeforeDate: new Date(Date.now() - DAY_MS),
      notAfterDate: new Date(Date.now() + days * DAY_MS),
      ...(ca && { ca }),
      extensions: [
        { name: "basicConstraints", cA: false, critical: true },
        { name: "keyUsage", digitalSignature: true, critical: true },
        { name: "extKeyUsage", clientAuth: true },
      ],
    });
    return { key: made.private, cert: `${made.cert}\n`, issuer: ca?.cert ?? made.cert };
  });
}

/** selfsigned draws serial numbers that are now and then not valid DER; such a certificate is drawn again. */
async function issue(make: () => Promise<KeyAndCertificate & { issuer: string }>): Promise<KeyAndCertificate> {
  for (let attempt = 1; ; attempt++) {
    const { issuer, ...made } = await make();
    if (isIssuedBy(made.cert, issuer)) return made;
    if (attempt === 5) throw new Error("sandbox: no valid certificate came out of five attempts");
  }
}

function isIssuedBy(cert: string, issuer: string): boolean {
  try {
    return new X509Certificate(cert).verify(new X509Certificate(issuer).publicKey);
  } catch {
    return false;
  }
}

function lastsLongEnough(cert: string, now: Date): boolean {
  return new X509Certificate(cert).validToDate.getTime() - now.getTime() > RENEW_WHEN_DAYS_LEFT * DAY_MS;
}

function covers(cert: string, names: readonly string[]): boolean {
  const certificate = new X509Certificate(cert);
  return names.every((name) => (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined);
}

async function readPair(dir: string, name: string): Promise<KeyAndCertificate | undefined> {
  try {
    const [key, cert] = await Promise.all([
      readFile(path.join(dir, `${name}.key`), "utf8"),
      readFile(path.join(dir, `${name}.pem`), "utf8"),
    ]);
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)) ? { key, cert } : undefined;
  } catch {
    return undefined;
  }
}

async function writePair(dir: string, name: string, { key, cert }: KeyAndCertificate): Promise<void> {
  await writePrivateFile(path.join(dir, `${name}.key`), key);
  await writeFile(path.join(dir, `${name}.pem`), cert);
}

/** Writes `text` so that only its owner can read it, and so that a crash leaves the old file or the new one. */
export async function writePrivateFile(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`;
  await writeFile(draft, text, { mode: 0o600 });
  await chmod(draft, 0o600);
  await rename(draft, file);
}
