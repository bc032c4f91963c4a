import type { OpenCredential } from "#lib/oauth/credentials/model.ts";
import { recordUserAttempt } from "#lib/oauth/tokens/record-outcome.ts";
import { toStorable } from "#lib/platform/db/storable.ts";
import type { AppError } from "#lib/platform/errors/app-error.ts";
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
  error: { code: string; providerCode: string | null; thrown: AppError | null } | null;
};

/** Refusals of a token request that say something about the credential, not about the one sign-in. */
const aboutCredential = new Set(["invalid_client", "unauthorized_client", "invalid_scope", "invalid_target"]);

/** Writes a sign-in into the event log, and what it says about the credential into its status. */
export async function recordSignIn({ error, ...noted }: FinishedSignIn): Promise<void> {
  const failure = error?.thrown && saysSomething(error.thrown) ? error.thrown : null;
  const [cause, description] = [toStorable(noted.cause), toStorable(noted.description)];
  await recordUserAttempt({ ...noted, cause, description, kind: "sign_in", failure, refusal: error });
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
