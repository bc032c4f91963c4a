import type { IncomingMessage } from "node:http";
import { authenticateApiKey } from "#lib/access/api-keys/api-key-auth.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import { readClientAddress } from "#lib/access/sessions/client-address.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";

/** Finds out who calls. */
export type Authenticate = (incoming: IncomingMessage) => Context | Promise<Context>;

/**
 * Who calls, by the bearer key of the request (RFC 6750 section 2.1), and from which address.
 * @throws AppError `sign_in_required`
 */
export function authenticate(incoming: IncomingMessage): Context | Promise<Context> {
  const key = /^Bearer +([\x21-\x7e]+) *$/i.exec(incoming.headers.authorization ?? "")?.[1];
  if (key !== undefined) return authenticateApiKey(key, readClientAddress(incoming));
  throw new AppError("sign_in_required", "The request has no API key.", {
    hint: "Send the header Authorization: Bearer <api key>. An admin makes keys at Administration > API keys.",
  });
}
