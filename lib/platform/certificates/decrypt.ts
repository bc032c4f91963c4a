import { createDecipheriv, pbkdf2, scrypt } from "node:crypto";
import { promisify } from "node:util";
import { type Asn1, identifierOf, isNumber, membersOf, numberOf, octetsOf } from "./asn1.ts";
import { deriveBytes, type Pkcs12Password, purposes } from "./pkcs12-password.ts";
import { decryptRc2 } from "./rc2.ts";

/** The way of encryption is not one that is read here; `what` names it. */
export class UnsupportedEncryption extends Error {
  readonly what: string;
  constructor(what: string) {
    super(`unsupported: ${what}`);
    this.what = what;
  }
}

/** A file may ask for more work than it is worth: OpenSSL and Windows ask for 2,000, careful people for a million. */
const maxIterations = { pbkdf2: 5_000_000, pkcs12: 200_000 };
const maxScryptBytes = 128 * 1024 * 1024;

const pbkdf2Async = promisify(pbkdf2);
const scryptAsync = promisify(scrypt) as (
  password: Buffer,
  salt: Buffer,
  length: number,
  options: { N: number; r: number; p: number; maxmem: number },
) => Promise<Buffer>;

const hashes: Record<string, string> = {
  "1.2.840.113549.2.7": "sha1",
  "1.2.840.113549.2.8": "sha224",
  "1.2.840.113549.2.9": "sha256",
  "1.2.840.113549.2.10": "sha384",
  "1.2.840.113549.2.11": "sha512",
};
const ciphers: Record<string, { name: string; keyLength: number }> = {
  "2.16.840.1.101.3.4.1.2": { name: "aes-128-cbc", keyLength: 16 },
  "2.16.840.1.101.3.4.1.22": { name: "aes-192-cbc", keyLength: 24 },
  "2.16.840.1.101.3.4.1.42": { name: "aes-256-cbc", keyLength: 32 },
  "1.2.840.113549.3.7": { name: "des-ede3-cbc", keyLength: 24 },
};
/** The ways of RFC 7292 appendix C. */
const legacy: Record<string, { cipher: "3des" | "rc2"; keyLength: number }> = {
  "1.2.840.113549.1.12.1.3": { cipher: "3des", keyLength: 24 },
  "1.2.840.113549.1.12.1.4": { cipher: "3des", keyLength: 16 },
  "1.2.840.113549.1.12.1.5": { cipher: "rc2", keyLength: 16 },
  "1.2.840.113549.1.12.1.6": { cipher: "rc2", keyLength: 5 },
};

/**
 * Decrypts what is wrapped by a password: PBES2 (RFC 8018 section 6.2) with PBKDF2 or scrypt and AES or 3DES, and the ways of
 * PKCS #12 with 3DES and RC2. The slow part runs off the main thread.
 * @param algorithm an AlgorithmIdentifier.
 * @returns null when the password does not fit.
 * @throws UnsupportedEncryption; Error when it is malformed.
 */
export async function decryptWithPassword(
  algorithm: Asn1 | undefined,
  data: Buffer,
  password: Pkcs12Password,
): Promise<Buffer | null> {
  const [name, parameters] = membersOf(algorithm);
  const way = identifierOf(name);
  if (way === "1.2.840.113549.1.5.13") return decryptPbes2(parameters, data, password);
  const known = legacy[way];
  if (!known) throw new UnsupportedEncryption(way);
  const [salt, count] = membersOf(parameters);
  const iterations = limit(numberOf(count), maxIterations.pkcs12);
  const derive = (purpose: 1 | 2, length: number) =>
    deriveBytes("sha1", password, octetsOf(salt), iterations, purpose, length);
  const key = await derive(purposes.key, known.keyLength);
  const iv = await derive(purposes.iv, 8);
  if (known.cipher === "rc2") return decryptRc2(key, known.keyLength * 8, iv, data);
  return decipher("des-ede3-cbc", key.length === 16 ? Buffer.concat([key, key.subarray(0, 8)]) : key, iv, data);
}

async function decryptPbes2(parameters: Asn1 | undefined, data: Buffer, password: Pkcs12Password) {
  const [derivation, encryption] = membersOf(parameters);
  const [name, ivOf] = membersOf(encryption);
  const cipher = ciphers[identifierOf(name)];
  if (!cipher) throw new UnsupportedEncryption(identifierOf(name));
  const key = await deriveKey(derivation, password, cipher.keyLength);
  return decipher(cipher.name, key, octetsOf(ivOf), data);
}

/**
 * A key by PBKDF2 (RFC 8018 section 5.2) or scrypt (RFC 7914).
 * @param derivation an AlgorithmIdentifier.
 */
export async function deriveKey(
  derivation: Asn1 | undefined,
  password: Pkcs12Password,
  keyLength: number,
): Promise<Buffer> {
  const [name, parameters] = membersOf(derivation);
  const way = identifierOf(name);
  const [salt, count, ...rest] = membersOf(parameters);
  if (way === "1.2.840.113549.1.5.12") {
    const prf = rest.find((value) => !isNumber(value));
    const hash = prf === undefined ? "sha1" : hashes[identifierOf(membersOf(prf)[0])];
    if (!hash) throw new UnsupportedEncryption(identifierOf(membersOf(prf)[0]));
    const iterations = limit(numberOf(count), maxIterations.pbkdf2);
    return pbkdf2Async(password.plain, octetsOf(salt), iterations, keyLength, hash);
  }
  if (way !== "1.3.6.1.4.1.11591.4.11") throw new UnsupportedEncryption(way);
  const [N, r, p] = [numberOf(count), numberOf(rest[0]), numberOf(rest[1])];
  if (128 * N * r > maxScryptBytes || p > 16) throw new UnsupportedEncryption("scrypt with very high costs");
  return scryptAsync(password.plain, octetsOf(salt), keyLength, { N, r, p, maxmem: 2 * maxScryptBytes });
}

/** The hash of an HMAC by its object identifier. */
export function hashOfHmac(identifier: string): string | undefined {
  return hashes[identifier];
}

function limit(iterations: number, most: number): number {
  if (iterations >= 1 && iterations <= most) return iterations;
  throw new UnsupportedEncryption(`${iterations.toLocaleString("en")} iterations`);
}

export function limitMacIterations(iterations: number): number {
  return limit(iterations, maxIterations.pkcs12);
}

/** Null when the padding shows that the key was wrong. */
function decipher(name: string, key: Buffer, iv: Buffer, data: Buffer): Buffer | null {
  const cipher = createDecipheriv(name, key, iv);
  try {
    return Buffer.concat([cipher.update(data), cipher.final()]);
  } catch {
    return null;
  }
}
