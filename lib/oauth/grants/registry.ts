import { authorizationCode } from "./authorization-code.ts";
import { clientCredentials } from "./client-credentials.ts";
import type { GrantKind } from "./model.ts";

/** The grants by `grant_type`. */
export const grants = {
  client_credentials: clientCredentials,
  authorization_code: authorizationCode,
} as const satisfies Record<string, GrantKind>;
