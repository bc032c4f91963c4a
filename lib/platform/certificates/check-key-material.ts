import { type KeyObject, X509Certificate } from "node:crypto";
import { type CertificateInfo, KeyMaterialError, type KeyMaterialField } from "./model.ts";

const minRsaBits = 2048;
const maxRsaBits = 8192;
const curves: Record<string, string> = { prime256v1: "P-256", secp384r1: "P-384", secp521r1: "P-521" };
/** Clocks of issuers run a little ahead. */
const leewayMs = 5 * 60_000;

/** What a key is, for people: `RSA 2048`, `EC P-256`. */
export function describeKey(key: KeyObject): string {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === "rsa") return `RSA ${modulusLength}`;
  if (key.asymmetricKeyType === "ec") return `EC ${curves[namedCurve ?? ""] ?? namedCurve ?? "without a named curve"}`;
  return (key.asymmetricKeyType ?? "unknown").toUpperCase();
}

/**
 * Refuses keys that providers don't take: RSA below 2,048 bits (NIST SP 800-131A), curves that JWS has no algorithm for
 * (RFC 7518 section 3.1), other kinds.
 * @throws KeyMaterialError at `at`
 */
export function checkKey(key: KeyObject, at: KeyMaterialField): void {
  const { modulusLength = 0, namedCurve = "" } = key.asymmetricKeyDetails ?? {};
  const what = describeKey(key);
  if (key.asymmetricKeyType === "rsa") {
    if (modulusLength >= minRsaBits && modulusLength <= maxRsaBits) return;
    const limit = modulusLength < minRsaBits ? `at least ${minRsaBits}` : `at most ${maxRsaBits}`;
    throw new KeyMaterialError(at, `This key is ${what}. An RSA key needs ${limit} bits.`);
  }
  if (key.asymmetricKeyType === "ec") {
    if (Object.hasOwn(curves, namedCurve)) return;
    throw new KeyMaterialError(at, `This key is ${what}. Of elliptic curves P-256, P-384 and P-521 can be used.`);
  }
  throw new KeyMaterialError(at, `This key is ${what}. Use an RSA key, or an elliptic curve P-256, P-384 or P-521.`);
}

/**
 * Refuses a certificate that nobody would accept now.
 * @throws KeyMaterialError at `at`
 */
export function checkDates(certificate: X509Certificate, now: Date, at: KeyMaterialField): void {
  const { validFromDate: from, validToDate: to } = certificate;
  const day = (date: Date) => date.toISOString().slice(0, 16).replace("T", " ");
  if (to <= now) throw new KeyMaterialError(at, `This certificate expired on ${day(to)} UTC. Use its successor.`);
  if (from.getTime() - leewayMs > now.getTime()) {
    throw new KeyMaterialError(at, `This certificate is not valid before ${day(from)} UTC.`);
  }
}

/**
 * Puts certificates in order: the one of the key (of several the one that lasts longest), then its issuers as far as they are
 * there. A root is left out, since whoever verifies has it.
 * @throws KeyMaterialError at `at` when none belongs to the key.
 */
export function orderChain(key: KeyObject, certificates: X509Certificate[], at: KeyMaterialField): X509Certificate[] {
  const own = certificates.filter((certificate) => certificate.checkPrivateKey(key));
  const [leaf] = own.sort((a, b) => b.validToDate.getTime() - a.validToDate.getTime());
  if (!leaf) {
    const message =
      certificates.length === 1
        ? "This certificate belongs to another private key."
        : "None of these certificates belongs to the private key.";
    throw new KeyMaterialError(at, message);
  }
  const chain = [leaf];
  for (let last = leaf; !isSelfSigned(last); ) {
    const issuer = certificates.find((other) => !chain.includes(other) && isIssuedBy(last, other));
    if (!issuer || isSelfSigned(issuer)) break;
    chain.push(issuer);
    last = issuer;
  }
  return chain;
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function isSelfSigned(certificate: X509Certificate): boolean {
  return isIssuedBy(certificate, certificate);
}

/** Whether two certificates hold the same public key: a renewed one, whose private key is still the stored one. */
export function haveSameKey(one: string, other: string): boolean {
  try {
    return new X509Certificate(one).publicKey.equals(new X509Certificate(other).publicKey);
  } catch {
    return false;
  }
}

/**
 * Reads what may be shown of stored certificates.
 * @param pem the leaf first.
 * @returns null for null and for what can't be read.
 */
export function describeCertificate(pem: string | null): CertificateInfo | null {
  if (pem === null) return null;
  try {
    const certificate = new X509Certificate(pem);
    const plain = (text: string) => text.replaceAll(":", "").toUpperCase();
    return {
      subject: nameOf(certificate.subject),
      issuer: nameOf(certificate.issuer),
      serialNumber: certificate.serialNumber,
      notBefore: certificate.validFromDate.toISOString(),
      notAfter: certificate.validToDate.toISOString(),
      sha256: plain(certificate.fingerprint256),
      sha1: plain(certificate.fingerprint),
      key: describeKey(certificate.publicKey),
      selfSigned: isSelfSigned(certificate),
      chainLength: (pem.match(/-----BEGIN CERTIFICATE-----/g)?.length ?? 1) - 1,
    };
  } catch {
    return null;
  }
}

/** Node has one part on each line, the widest first; RFC 4514 the other way round, with commas. */
function nameOf(lines: string | undefined): string {
  return (lines ?? "").split("\n").filter(Boolean).reverse().join(", ");
}
