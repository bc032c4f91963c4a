import { createPrivateKey, X509Certificate } from "node:crypto";
import type { FieldError } from "../errors.ts";

/**
 * What is wrong with a private key and its certificate: unreadable, protected by a passphrase, or not a pair.
 * @param privateKey PEM that is being entered, null when none is.
 * @param certificate PEM, null when there is none.
 */
export function complainAboutKeyPair(privateKey: string | null, certificate: string | null): FieldError[] {
  const certificateRead = certificate === null ? null : attempt(() => new X509Certificate(certificate));
  if (certificate !== null && !certificateRead) {
    return [{ field: "certificate", message: "This certificate can't be read. Paste it as PEM, whole and unchanged." }];
  }
  if (privateKey === null) return [];
  if (privateKey.includes("ENCRYPTED")) {
    const message = "This key is protected by a passphrase. Enter it without one (openssl pkey -in key.pem).";
    return [{ field: "privateKey", message }];
  }
  const key = attempt(() => createPrivateKey(privateKey));
  if (!key) {
    return [{ field: "privateKey", message: "This key can't be read. Paste it as PEM, whole and unchanged." }];
  }
  if (certificateRead && !certificateRead.checkPrivateKey(key)) {
    return [{ field: "certificate", message: "This certificate belongs to another private key." }];
  }
  return [];
}

function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
