import type { CredentialSummary } from "#lib/oauth/credentials/model.ts";

/** Whether a first check is due or under way, so that the status will change soon. */
export function isPending(credential: Pick<CredentialSummary, "status" | "enabled" | "nextCheckAt">): boolean {
  return credential.enabled && credential.status === "unverified" && credential.nextCheckAt !== null;
}
