import { createPrivateKey, X509Certificate } from "node:crypto";
import type { Provider } from "#lib/oauth/credentials/kinds.ts";
import { KeyMaterialError } from "#lib/platform/certificates/model.ts";
import { takeKeyMaterial } from "#lib/platform/certificates/take-key-material.ts";
import { type FieldError, invalidInput } from "#lib/platform/errors/app-error.ts";

type Entered = {
  privateKey?: string | null | undefined;
  certificate?: string | null | undefined;
  pkcs12?: string | null | undefined;
  passphrase?: string | null | undefined;
};

/**
 * The fields with key and certificate as they are stored, whatever form they were handed in; without file and passphrase,
 * which are kept nowhere. What was left out stays left out, and null stays null.
 * @throws AppError `invalid_input` at `privateKey`, `certificate`, `pkcs12` or `passphrase`
 */
export async function takeKeyPair<T extends Entered>(fields: T, now: Date): Promise<T> {
  const { pkcs12, passphrase, ...rest } = fields;
  const others = rest as T;
  if (!pkcs12 && !others.privateKey && !others.certificate) return others;
  try {
    const taken = await takeKeyMaterial({ ...others, pkcs12, passphrase }, now);
    return {
      ...others,
      ...(taken.privateKey !== null && { privateKey: taken.privateKey }),
      ...(taken.certificate !== null && { certificate: taken.certificate }),
    };
  } catch (err) {
    if (err instanceof KeyMaterialError) throw invalidInput([{ field: err.at, message: err.message }]);
    throw err;
  }
}

/**
 * What is wrong with a key and a certificate together: not a pair, or a key that the provider has no use for.
 * @param privateKey PEM that is being entered, null when none is.
 * @param certificate PEM, null when there is none.
 */
export function complainAboutKeyPair(
  privateKey: string | null,
  certificate: string | null,
  provider: Provider,
): FieldError[] {
  const read = certificate === null ? null : readCertificate(certificate);
  if (certificate !== null && !read) {
    return [{ field: "certificate", message: "This certificate can't be read. Paste it as PEM, whole and unchanged." }];
  }
  const key = privateKey === null ? null : createPrivateKey(privateKey);
  if (key && read && !read.checkPrivateKey(key)) {
    return [{ field: "certificate", message: "This certificate belongs to another private key." }];
  }
  const kind = key?.asymmetricKeyType ?? read?.publicKey.asymmetricKeyType;
  if (provider !== "entra" || kind === undefined || kind === "rsa") return [];
  return [{ field: "certificate", message: "Microsoft Entra ID takes certificates with RSA keys only." }];
}

function readCertificate(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}
