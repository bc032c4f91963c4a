import { and, desc, eq } from "drizzle-orm";
import { credentialEvents } from "#drizzle/schema/credential-events.ts";
import type { OpenCredential } from "#lib/oauth/credentials/model.ts";
import { setCredentialStatus } from "#lib/oauth/credentials/set-status.ts";
import { recordUserAttempt } from "#lib/oauth/tokens/record-outcome.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { isStorable, toStorable } from "#lib/platform/db/storable.ts";
import type { AppError } from "#lib/platform/errors/app-error.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { compileSecrets, removeEchoes } from "#lib/platform/redaction/echoes.ts";

/** A sign-in that is over, for the credential's event log. */
export type FinishedSignIn = {
  credential: OpenCredential;
  /** The username, or from where. */
  cause: string;
  /** Milliseconds since 1970. */
  startedAt: number;
  endedAt: number;
  /** In words: what was found, or why it was refused. */
  description: string;
  error: { code: string; providerCode: string | null; thrown: AppError | null; field?: string | null } | null;
  /** Values of the roles claim that the credential maps to no role. */
  unmappedRoles?: readonly string[];
};

/** Values that an event keeps; more of them are groups rather than roles. */
const maxUnmapped = 50;
const maxValueLength = 200;

/** Refusals that every user gets if the credential doesn't match what the provider sends. */
const aboutConfiguration = new Set([
  "algorithm",
  "issuer",
  "audience",
  "authorized_party",
  "username_missing",
  "username_wrong_type",
  "username_empty",
  "roles_missing",
  "roles_wrong_type",
  "group_overage",
]);
/** Refusals in a row for one cause that count as the credential's fault, not the user's. */
const streakLength = 3;

/** Refusals of a token request that say something about the credential, not about the one sign-in. */
const aboutCredential = new Set(["invalid_client", "unauthorized_client", "invalid_scope", "invalid_target"]);

/**
 * Writes a sign-in into the event log, and what it says about the credential into its status. A refusal is also logged.
 * @returns the event's ID, by which admins find what users were refused for.
 */
export async function recordSignIn({ error, unmappedRoles = [], ...noted }: FinishedSignIn): Promise<string> {
  const failure = error?.thrown && saysSomething(error.thrown) ? error.thrown : null;
  const [cause, description] = [toStorable(noted.cause), toStorable(noted.description)];
  const unmapped = unmappedRoles
    .filter((value) => value.length <= maxValueLength && isStorable(value))
    .slice(0, maxUnmapped);
  const details = unmapped.length > 0 ? { unmappedRoles: unmapped } : undefined;
  const reference = await recordUserAttempt({
    ...noted,
    cause,
    description,
    kind: "sign_in",
    failure,
    refusal: error,
    details,
  });
  if (error) {
    const { code, providerCode } = error;
    const credentialId = noted.credential.id;
    getLog().warn({ reference, credentialId, code, providerCode, reason: description }, "a sign-in was refused");
  }
  if (error && !failure && isAboutConfiguration(error.code, noted.credential)) {
    await degradeAfterStreak({ ...noted, description, error });
  }
  return reference;
}

/** Entra ID leaves out the claim for users without a role, so there it says nothing about the credential. */
function isAboutConfiguration(code: string, { provider }: OpenCredential): boolean {
  return aboutConfiguration.has(code) && !(code === "roles_missing" && provider === "entra");
}

async function degradeAfterStreak({ credential, description, endedAt, error }: FinishedSignIn): Promise<void> {
  const { id, version, failures, failingSince } = credential;
  const { credentialId, credentialVersion, kind, errorCode, outcome } = credentialEvents;
  const latest = await getDb()
    .select({ errorCode, outcome })
    .from(credentialEvents)
    .where(and(eq(credentialId, id), eq(credentialVersion, version), eq(kind, "sign_in")))
    .orderBy(desc(credentialEvents.id))
    .limit(streakLength);
  const isStreak = latest.every((event) => event.outcome === "failed" && event.errorCode === error?.code);
  if (latest.length < streakLength || !isStreak) return;
  await setCredentialStatus(id, version, {
    status: "degraded",
    statusReason: `The last ${streakLength} sign-ins were refused for the same reason. ${description}`.slice(0, 1000),
    statusField: error?.field ?? null,
    errorCode: "sign_in_refused",
    checkedAt: new Date(endedAt),
    nextCheckAt: null,
    failingSince: new Date(failingSince ? Date.parse(failingSince) : endedAt),
    failures: failures + 1,
  });
}

function saysSomething(thrown: AppError): boolean {
  if (["sign_in_refused", "id_token_invalid", "internal"].includes(thrown.code)) return false;
  return thrown.code !== "token_request_refused" || aboutCredential.has(thrown.provider?.code ?? "");
}

/** Returns a function that removes what was sent or received from texts: the provider chooses the issuer and the claims that these quote. */
export function createSignInRedaction(secrets: readonly (string | null | undefined)[]): (text: string) => string {
  const sent = compileSecrets(secrets.filter((secret) => typeof secret === "string"));
  return (text) => removeEchoes(text, sent);
}
