import type { CredentialSummary } from "#lib/oauth/credentials/model.ts";

type Checked = Pick<CredentialSummary, "status" | "enabled" | "nextCheckAt">;

/** Whether what was saved must be checked, which its page does. */
export function needsCheck({ enabled, status }: Checked): boolean {
  return enabled && status === "unverified";
}

/** Whether a first check is due or in progress, so that the status will change soon. */
export function isPending(credential: Checked): boolean {
  return needsCheck(credential) && credential.nextCheckAt !== null;
}
