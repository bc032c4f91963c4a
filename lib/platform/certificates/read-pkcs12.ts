import { createHmac, createPrivateKey, type KeyObject, timingSafeEqual, X509Certificate } from "node:crypto";
import { type Asn1, belowTag, bytesOf, identifierOf, membersOf, numberOf, octetsOf, readAsn1 } from "./asn1.ts";
import { decryptWithPassword, deriveKey, hashOfHmac, limitMacIterations, UnsupportedEncryption } from "./decrypt.ts";
import { KeyMaterialError } from "./model.ts";
import { deriveBytes, formsOfPassword, type Pkcs12Password, purposes } from "./pkcs12-password.ts";

const types = {
  data: "1.2.840.113549.1.7.1",
  encryptedData: "1.2.840.113549.1.7.6",
  keyBag: "1.2.840.113549.1.12.10.1.1",
  shroudedKeyBag: "1.2.840.113549.1.12.10.1.2",
  certificateBag: "1.2.840.113549.1.12.10.1.3",
  nestedBag: "1.2.840.113549.1.12.10.1.6",
  x509: "1.2.840.113549.1.9.22.1",
};
const digests: Record<string, string> = {
  "1.3.14.3.2.26": "sha1",
  "2.16.840.1.101.3.4.2.4": "sha224",
  "2.16.840.1.101.3.4.2.1": "sha256",
  "2.16.840.1.101.3.4.2.2": "sha384",
  "2.16.840.1.101.3.4.2.3": "sha512",
};

/** Everything that a PKCS #12 file holds of keys and certificates, in its order. */
export type Pkcs12Contents = { keys: KeyObject[]; certificates: X509Certificate[] };

/**
 * Reads a PKCS #12 file (RFC 7292), as OpenSSL, Windows, Java and Key Vault make it: integrity by its MAC, then keys and
 * certificates out of their wrappings.
 * @throws KeyMaterialError at `pkcs12` or `passphrase`, in words.
 */
export async function readPkcs12(file: Buffer, password: string): Promise<Pkcs12Contents> {
  try {
    const [, authSafe, mac] = membersOf(readAsn1(file));
    const content = readData(authSafe);
    const fitting = await findPassword(content, mac, password);
    return await readContents(content, fitting);
  } catch (err) {
    if (err instanceof KeyMaterialError) throw err;
    if (err instanceof UnsupportedEncryption) throw new KeyMaterialError("pkcs12", describeUnsupported(err.what), err);
    throw new KeyMaterialError("pkcs12", "This is not a PKCS #12 file (.pfx, .p12), or it is damaged.", err);
  }
}

function describeUnsupported(what: string): string {
  return `The file is encrypted in a way that can't be read here (${what}). Convert it: openssl pkcs12 -legacy -in old.pfx -nodes -out all.pem, then openssl pkcs12 -export -in all.pem -out new.pfx.`;
}

function wrongPassword(password: string): KeyMaterialError {
  const message = password === "" ? "Enter the password of the file." : "This is not the password of the file.";
  return new KeyMaterialError("passphrase", message);
}

/** The octets of a ContentInfo of type data. */
function readData(contentInfo: Asn1 | undefined): Buffer {
  const [type, content] = membersOf(contentInfo);
  if (identifierOf(type) === types.data) return octetsOf(belowTag(content));
  const message = "This file is protected by a public key instead of a password. Export it again with a password.";
  throw new KeyMaterialError("pkcs12", message);
}

/** The form of the password that the MAC fits; without a MAC it shows when something is decrypted. */
async function findPassword(content: Buffer, mac: Asn1 | undefined, password: string): Promise<Pkcs12Password[]> {
  const forms = formsOfPassword(password);
  if (!mac) return forms;
  const [digestInfo, salt, count] = membersOf(mac);
  const [algorithm, digest] = membersOf(digestInfo);
  for (const form of forms) {
    const expected = await computeMac(algorithm, form, salt, count, content);
    const found = octetsOf(digest);
    if (expected.length === found.length && timingSafeEqual(expected, found)) return [form];
  }
  throw wrongPassword(password);
}

async function computeMac(
  algorithm: Asn1 | undefined,
  password: Pkcs12Password,
  salt: Asn1 | undefined,
  count: Asn1 | undefined,
  content: Buffer,
): Promise<Buffer> {
  const [name, parameters] = membersOf(algorithm);
  const way = identifierOf(name);
  if (way === "1.2.840.113549.1.5.14") {
    // PBMAC1 (RFC 9579).
    const [derivation, scheme] = membersOf(parameters);
    const hash = hashOfHmac(identifierOf(membersOf(scheme)[0]));
    if (!hash) throw new UnsupportedEncryption("its MAC");
    const length = Number(hash.slice(3)) === 1 ? 20 : Number(hash.slice(3)) / 8;
    return createHmac(hash, await deriveKey(derivation, password, length))
      .update(content)
      .digest();
  }
  const hash = digests[way];
  if (!hash) throw new UnsupportedEncryption(`a MAC by ${way}`);
  const length = hash === "sha1" ? 20 : Number(hash.slice(3)) / 8;
  const iterations = limitMacIterations(count ? numberOf(count) : 1);
  const key = await deriveBytes(hash, password, octetsOf(salt), iterations, purposes.mac, length);
  return createHmac(hash, key).update(content).digest();
}

async function readContents(content: Buffer, passwords: Pkcs12Password[]): Promise<Pkcs12Contents> {
  const found: Pkcs12Contents = { keys: [], certificates: [] };
  for (const part of membersOf(readAsn1(content))) {
    const [type] = membersOf(part);
    const isEncrypted = identifierOf(type) === types.encryptedData;
    const bags = isEncrypted ? await decryptPart(part, passwords) : readData(part);
    await readBags(readAsn1(bags), passwords, found, 0);
  }
  return found;
}

async function decryptPart(part: Asn1, passwords: Pkcs12Password[]): Promise<Buffer> {
  const [, content] = membersOf(part);
  const [, encrypted] = membersOf(belowTag(content));
  const [, algorithm, data] = membersOf(encrypted);
  return unwrap(algorithm, octetsOf(data), passwords);
}

async function unwrap(algorithm: Asn1 | undefined, data: Buffer, passwords: Pkcs12Password[]): Promise<Buffer> {
  for (const password of passwords) {
    const plain = await decryptWithPassword(algorithm, data, password);
    if (plain && isWhole(plain)) return plain;
  }
  throw wrongPassword(passwords[0]!.plain.toString());
}

/** A wrong password now and then leaves a right padding, but hardly ever a whole value. */
function isWhole(bytes: Buffer): boolean {
  try {
    readAsn1(bytes);
    return true;
  } catch {
    return false;
  }
}

async function readBags(bags: Asn1, passwords: Pkcs12Password[], found: Pkcs12Contents, depth: number): Promise<void> {
  if (depth > 5) throw new Error("bags in bags without end");
  for (const bag of membersOf(bags)) {
    const [type, tagged] = membersOf(bag);
    const value = belowTag(tagged);
    const kind = identifierOf(type);
    if (kind === types.keyBag) found.keys.push(readKey(bytesOf(value)));
    if (kind === types.shroudedKeyBag) {
      const [algorithm, data] = membersOf(value);
      found.keys.push(readKey(await unwrap(algorithm, octetsOf(data), passwords)));
    }
    if (kind === types.certificateBag) {
      const [certificateType, certificate] = membersOf(value);
      if (identifierOf(certificateType) !== types.x509) continue;
      found.certificates.push(new X509Certificate(octetsOf(belowTag(certificate))));
    }
    if (kind === types.nestedBag) await readBags(value, passwords, found, depth + 1);
  }
}

function readKey(der: Buffer): KeyObject {
  try {
    return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  } catch (err) {
    throw new KeyMaterialError("pkcs12", "The private key in the file is of a kind that can't be read.", err);
  }
}
