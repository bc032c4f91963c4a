import { AppError } from "#lib/platform/errors/app-error.ts";
import type { ClientSecrets } from "./model.ts";

/** Creates the `invalid_input` error for a field that a credential needs to request a token. */
export function missing(field: string, message: string): AppError {
  return new AppError("invalid_input", message, {
    fields: [{ field, message }],
    hint: "Edit the credential and enter it.",
  });
}

/** @throws AppError `invalid_input` when none is set. */
export function requireSecret({ clientSecret }: Pick<ClientSecrets, "clientSecret">): string {
  if (clientSecret) return clientSecret;
  throw missing("clientSecret", "There is no client secret.");
}

/** @throws AppError `invalid_input` when one of the two is not set. */
export function requireKeyPair(client: Pick<ClientSecrets, "privateKey" | "certificate">): {
  privateKey: string;
  certificate: string;
} {
  if (!client.privateKey) throw missing("privateKey", "There is no private key for the certificate.");
  if (!client.certificate) throw missing("certificate", "There is no certificate.");
  return { privateKey: client.privateKey, certificate: client.certificate };
}
