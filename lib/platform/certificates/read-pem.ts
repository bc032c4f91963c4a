import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { membersOf, octetsOf, readAsn1 } from "./asn1.ts";
import { decryptWithPassword, UnsupportedEncryption } from "./decrypt.ts";
import { KeyMaterialError } from "./model.ts";
import { formsOfPassword } from "./pkcs12-password.ts";

const keyBlock = /-----BEGIN ([A-Z0-9 ]*)PRIVATE KEY-----[\s\S]+?-----END \1PRIVATE KEY-----/g;
const certificateBlock =
  /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[\s\S]+?-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g;

const convert = {
  openssh: "This is a key of OpenSSH. Convert it: ssh-keygen -p -m PKCS8 -f the-key.",
  unreadable: "This key can't be read. Paste it as PEM, whole and unchanged.",
  unsupported:
    "The key is encrypted in a way that can't be read here. Convert it: openssl pkcs8 -topk8 -v2 aes-256-cbc -in old.pem -out new.pem.",
};

/**
 * Reads the one private key of a PEM text: PKCS #8, PKCS #1 or SEC 1, plain or encrypted in one of the two ways that OpenSSL
 * writes. Text around it and certificates beside it do no harm.
 * @throws KeyMaterialError at `privateKey` or `passphrase`
 */
export async function readPrivateKey(text: string, passphrase: string): Promise<KeyObject> {
  const blocks = text.match(keyBlock) ?? [];
  const [block] = blocks;
  if (!block) throw new KeyMaterialError("privateKey", describeMissing(text));
  if (blocks.length > 1) {
    const message = `There are ${blocks.length} private keys in it. Leave only the one that belongs to the certificate.`;
    throw new KeyMaterialError("privateKey", message);
  }
  if (block.includes("BEGIN OPENSSH ")) throw new KeyMaterialError("privateKey", convert.openssh);
  if (block.includes("BEGIN ENCRYPTED ")) return readEncrypted(block, passphrase);
  const isLegacy = /^Proc-Type:\s*4,\s*ENCRYPTED/m.test(block);
  if (isLegacy && passphrase === "") throw missingPassphrase();
  try {
    return createPrivateKey({ key: block, format: "pem", ...(isLegacy && { passphrase }) });
  } catch (err) {
    if (!isLegacy) throw new KeyMaterialError("privateKey", convert.unreadable, err);
    const isUnknown = err instanceof Error && /unsupported/i.test(`${(err as { code?: string }).code} ${err.message}`);
    if (isUnknown) throw new KeyMaterialError("privateKey", convert.unsupported, err);
    throw wrongPassphrase(err);
  }
}

/** PKCS #8 (RFC 5958 section 3). Decrypted here, so that the work that a file asks for is limited and off the main thread. */
async function readEncrypted(block: string, passphrase: string): Promise<KeyObject> {
  if (passphrase === "") throw missingPassphrase();
  let plain: Buffer | null;
  try {
    const [algorithm, data] = membersOf(readAsn1(bytesOfPem(block)));
    plain = await decryptWithPassword(algorithm, octetsOf(data), formsOfPassword(passphrase)[0]!);
  } catch (err) {
    const isUnknown = err instanceof UnsupportedEncryption;
    throw new KeyMaterialError("privateKey", isUnknown ? convert.unsupported : convert.unreadable, err);
  }
  if (!plain) throw wrongPassphrase();
  try {
    return createPrivateKey({ key: plain, format: "der", type: "pkcs8" });
  } catch (err) {
    throw wrongPassphrase(err);
  }
}

function missingPassphrase(): KeyMaterialError {
  return new KeyMaterialError("passphrase", "The key is protected. Enter its passphrase.");
}

function wrongPassphrase(cause?: unknown): KeyMaterialError {
  return new KeyMaterialError("passphrase", "This is not the passphrase of the key.", cause);
}

function describeMissing(text: string): string {
  if (/-----BEGIN [A-Z0-9 ]*PUBLIC KEY-----/.test(text)) return "This is a public key. The private key is needed.";
  if (text.includes("CERTIFICATE-----")) return "There is no private key in it, only a certificate.";
  return "Paste the whole key, from -----BEGIN PRIVATE KEY----- to -----END PRIVATE KEY-----.";
}

/**
 * Reads the certificates of a PEM text in their order.
 * @throws KeyMaterialError at `certificate` when one can't be read or there is none.
 */
export function readCertificates(text: string): X509Certificate[] {
  const blocks = text.match(certificateBlock) ?? [];
  if (blocks.length === 0) {
    const isRequest = text.includes("CERTIFICATE REQUEST-----");
    const message = isRequest
      ? "This is a request for a certificate. Paste the certificate that was issued for it."
      : "Paste the whole certificate, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.";
    throw new KeyMaterialError("certificate", message);
  }
  return blocks.map((block, index) => {
    try {
      return new X509Certificate(block);
    } catch (err) {
      const which = blocks.length === 1 ? "This certificate" : `Certificate ${index + 1} of ${blocks.length}`;
      throw new KeyMaterialError("certificate", `${which} can't be read. Paste it as PEM, whole and unchanged.`, err);
    }
  });
}

/** Whether a PEM text has certificates, beside a key or alone. */
export function hasCertificates(text: string): boolean {
  return text.match(certificateBlock) !== null;
}

function bytesOfPem(block: string): Buffer {
  return Buffer.from(block.replace(/-----[^-]+-----/g, "").replace(/\s+/g, ""), "base64");
}
