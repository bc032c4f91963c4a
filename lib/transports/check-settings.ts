import { X509Certificate } from "node:crypto";
import { eq } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import type { Transaction } from "../db/client.ts";
import { AppError, invalidInput } from "../errors.ts";
import { type Context, requirePermission } from "../identity/context.ts";
import { isHostAllowed } from "../net/hosts.ts";
import type { TransportInput } from "./schema.ts";

const pem = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/**
 * Refuses trusted certificates that OpenSSL can't read, before a run stumbles over them.
 * @throws AppError `invalid_input` at `trustedCa`
 */
export function checkTrustedCa(trustedCa: string | null): void {
  if (trustedCa === null) return;
  const blocks = trustedCa.match(pem) ?? [];
  const rest = trustedCa.replace(pem, "");
  if (blocks.length === 0 || rest.includes("-----")) {
    throw trustedCaError("Paste one or more certificates in PEM form (-----BEGIN CERTIFICATE----- …), nothing else.");
  }
  for (const [index, block] of blocks.entries()) {
    try {
      new X509Certificate(block);
    } catch {
      throw trustedCaError(`Certificate ${index + 1} of ${blocks.length} can't be read.`);
    }
  }
}

function trustedCaError(message: string): AppError {
  return invalidInput([{ field: "trustedCa", message }]);
}

/** The URL that an Authorization goes to, and the field where it stands. */
export function targetOf(input: TransportInput): { url: string; field: "http.url" | "soap.wsdlUrl" } {
  if (input.type === "HTTP") return { url: input.http.url, field: "http.url" };
  return { url: input.soap.wsdlUrl, field: "soap.wsdlUrl" };
}

/**
 * Checks that the caller may assign the credential, that it can authorize a transport, and that its token may go to the
 * transport's host. The row is locked against deletion until the transaction ends.
 * @param current the credential that the transport has now; keeping it needs no permission of its own.
 * @throws AppError `forbidden`, `invalid_input`, `host_not_allowed`
 */
export async function checkAssignment(
  tx: Transaction,
  ctx: Context,
  input: TransportInput,
  current: string | null,
): Promise<void> {
  if (input.authorization.kind !== "credential") return;
  const { credentialId } = input.authorization;
  if (credentialId !== current) requirePermission(ctx, "credentials.assign");
  const [credential] = await tx
    .select({ name: credentials.name, type: credentials.type, allowedHosts: credentials.allowedHosts })
    .from(credentials)
    .where(eq(credentials.id, credentialId))
    .for("key share");
  const field = "authorization.credentialId";
  if (!credential) {
    throw invalidInput([{ field, message: "This credential does not exist any more. Pick another one." }]);
  }
  if (credential.type !== "application") {
    const message = `${credential.name} is of type User: it signs people in. Pick one of type Application.`;
    throw invalidInput([{ field, message }]);
  }
  const target = targetOf(input);
  if (isHostAllowed(target.url, credential.allowedHosts)) return;
  throw hostNotAllowed(credential, target.url, target.field);
}

/** Says where a credential's token may go, when somebody wanted it elsewhere. */
export function hostNotAllowed(
  credential: { name: string; allowedHosts: string[] },
  url: string,
  field?: string,
): AppError {
  const message = `The token of ${credential.name} may not be sent to ${new URL(url).host}; its allowed hosts are ${credential.allowedHosts.join(", ")}.`;
  return new AppError("host_not_allowed", message, {
    hint: "Correct the URL, pick another credential, or ask an admin to add the host to the credential's allowed hosts.",
    fields: field ? [{ field, message }] : [],
  });
}
