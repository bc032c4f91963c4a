import type { TransportInput, TransportUpdate } from "#lib/delivery/transports/schema.ts";
import type { TransportRow } from "#lib/delivery/transports/store.ts";
import { haveSameKey } from "#lib/platform/certificates/check-key-material.ts";
import { KeyMaterialError } from "#lib/platform/certificates/model.ts";
import { takeKeyMaterial } from "#lib/platform/certificates/take-key-material.ts";
import { invalidInput } from "#lib/platform/errors/app-error.ts";
import { listTargets } from "./check-settings.ts";

type WithCertificate = Pick<TransportUpdate, "clientCertificate">;

/**
 * The fields with the client certificate as it is stored: PKCS #8 PEM and PEM with the leaf first, whatever form it was handed
 * in. Left out stays left out (the stored one is kept), null stays null (it is removed).
 * @throws AppError `invalid_input` at `clientCertificate.privateKey`, `.certificate`, `.pkcs12` or `.passphrase`
 */
export async function takeClientCertificate<T extends WithCertificate>(fields: T, now: Date): Promise<T> {
  const { clientCertificate } = fields;
  if (!clientCertificate) return fields;
  try {
    const { privateKey, certificate } = await takeKeyMaterial(clientCertificate, now);
    if (!certificate) throw new KeyMaterialError("certificate", "Enter the certificate of the key.");
    return { ...fields, clientCertificate: { privateKey: privateKey ?? undefined, certificate } };
  } catch (err) {
    if (!(err instanceof KeyMaterialError)) throw err;
    throw invalidInput([{ field: `clientCertificate.${err.at}`, message: err.message }]);
  }
}

/**
 * The column of the certificate, checked against the stored key and the URLs.
 * @param stored the row before the edit, null for a new transport.
 * @param address of the chosen port in the WSDL, null when it is not known.
 * @throws AppError `invalid_input`
 */
export function toCertificateColumn(
  input: TransportInput,
  stored: TransportRow | null,
  address: string | null,
): string | null {
  const { clientCertificate } = input;
  const before = stored?.clientCertificate ?? null;
  const certificate = clientCertificate === undefined ? before : (clientCertificate?.certificate ?? null);
  if (certificate === null) return null;
  if (clientCertificate && !clientCertificate.privateKey && !(before && haveSameKey(certificate, before))) {
    const message = "Enter the private key of the certificate.";
    throw invalidInput([{ field: "clientCertificate.privateKey", message }]);
  }
  const targets = listTargets(input, address);
  if (targets.length > 0 && !targets.some(({ url }) => url.startsWith("https:"))) {
    const message = "A client certificate can be shown over https:// only.";
    throw invalidInput([{ field: "clientCertificate.certificate", message }]);
  }
  return certificate;
}
