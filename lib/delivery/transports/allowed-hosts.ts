import type { CredentialType } from "#lib/oauth/credentials/kinds.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { isHostAllowed } from "#lib/platform/net/hosts.ts";

/**
 * Whether a credential's token may be sent to a URL. Without allowed hosts that of an Application credential may go anywhere;
 * the tokens of people, which tell a service who they are, only where an admin said so.
 */
export function mayGoTo(credential: { type: CredentialType; allowedHosts: readonly string[] }, url: string): boolean {
  if (credential.type === "user" && credential.allowedHosts.length === 0) return false;
  return isHostAllowed(url, credential.allowedHosts);
}

/** Says where a credential's token may go, when somebody wanted it elsewhere. */
export function hostNotAllowed(
  credential: { name: string; allowedHosts: string[] },
  url: string,
  field?: string,
): AppError {
  const { host } = new URL(url);
  const message =
    credential.allowedHosts.length === 0
      ? `The tokens of people who sign in with ${credential.name} may not be sent to ${host}: the credential names no allowed hosts.`
      : `The token of ${credential.name} may not be sent to ${host}; its allowed hosts are ${credential.allowedHosts.join(", ")}.`;
  return new AppError("host_not_allowed", message, {
    hint: "Correct the URL, pick another credential, or ask an admin to add the host to the credential's allowed hosts.",
    fields: field ? [{ field, message }] : [],
  });
}
