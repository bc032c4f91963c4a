import type { KeyObject, X509Certificate } from "node:crypto";
import { checkDates, checkKey, orderChain } from "./check-key-material.ts";
import { type KeyMaterial, KeyMaterialError, type KeyMaterialField, maxKeyMaterialLength } from "./model.ts";
import { hasCertificates, readCertificates, readPrivateKey } from "./read-pem.ts";
import { readPkcs12 } from "./read-pkcs12.ts";

/** Key and certificate as they are to be stored; null where nothing was handed in. */
export type TakenMaterial = { privateKey: string | null; certificate: string | null };

/**
 * Turns what somebody handed in into what is stored: PKCS #8 PEM without passphrase, and PEM with the leaf first. The
 * passphrase is needed no more after that.
 * @throws KeyMaterialError naming the part to blame, in words.
 */
export async function takeKeyMaterial(material: KeyMaterial, now: Date): Promise<TakenMaterial> {
  const { privateKey, certificate, pkcs12, passphrase } = material;
  for (const field of ["privateKey", "certificate", "pkcs12"] as const) refuseLarge(material[field], field);
  if (pkcs12) return takePkcs12(material, now);
  const key = privateKey ? await readPrivateKey(privateKey, passphrase ?? "") : null;
  if (key) checkKey(key, "privateKey");
  // A PEM file often has both, and then one paste is enough.
  const pem = certificate || (privateKey && hasCertificates(privateKey) ? privateKey : null);
  if (!pem) return { privateKey: key && toPem(key), certificate: null };
  const read = readCertificates(pem);
  const chain = key ? orderChain(key, read, "certificate") : read;
  checkDates(chain[0]!, now, "certificate");
  if (!key) checkKey(chain[0]!.publicKey, "certificate");
  return { privateKey: key && toPem(key), certificate: joinPem(chain) };
}

async function takePkcs12({ privateKey, certificate, pkcs12, passphrase }: KeyMaterial, now: Date) {
  if (privateKey || certificate) {
    throw new KeyMaterialError("pkcs12", "Hand in a PKCS #12 file, or a key and a certificate, not both.");
  }
  const file = Buffer.from((pkcs12 ?? "").replace(/\s+/g, ""), "base64");
  const { keys, certificates } = await readPkcs12(file, passphrase ?? "");
  const [key] = keys;
  if (!key) {
    throw new KeyMaterialError("pkcs12", "There is no private key in the file. Export it again with its private key.");
  }
  if (keys.length > 1) {
    const message = `There are ${keys.length} private keys in the file. Export the one that is needed alone.`;
    throw new KeyMaterialError("pkcs12", message);
  }
  if (certificates.length === 0) {
    throw new KeyMaterialError("pkcs12", "There is no certificate in the file. Export it again with its certificate.");
  }
  checkKey(key, "pkcs12");
  const chain = orderChain(key, certificates, "pkcs12");
  checkDates(chain[0]!, now, "pkcs12");
  return { privateKey: toPem(key), certificate: joinPem(chain) };
}

function refuseLarge(text: string | null | undefined, field: KeyMaterialField): void {
  if (!text || text.length <= maxKeyMaterialLength) return;
  const message = "This is too large to be a key or certificate. Is it the right file?";
  throw new KeyMaterialError(field, message);
}

function toPem(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

function joinPem(chain: X509Certificate[]): string {
  return chain.map((certificate) => certificate.toString()).join("");
}
