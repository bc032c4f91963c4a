import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { and, count, eq, gt, isNull, lt, sql } from "drizzle-orm";
import { v7 } from "uuid";
import { signInAttempts } from "#drizzle/schema/sign-in-attempts.ts";
import { signInAad } from "#lib/platform/crypto/aad.ts";
import { openSecret, sealSecret } from "#lib/platform/crypto/envelope.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { toStorable } from "#lib/platform/db/storable.ts";
import type { RecordedRefusal, SignInRefusal } from "./model.ts";
import { mapTexts, ownRefusals } from "./outcome/refusals.ts";

/** A sign-in has to be finished within this time. */
export const attemptMs = 10 * 60_000;
/** Sign-ins that one browser can have begun within that time. */
const maxOpenPerBrowser = 30;
/** The same for an address, which many people can share: it bounds the table. */
const maxOpenPerAddress = 3000;

export type AttemptRow = typeof signInAttempts.$inferSelect;
/** What only this portal knows of a sign-in until it is finished. */
export type AttemptSecrets = { nonce: string; codeVerifier: string };

/** 256 random bits, as they stand in a URL or a cookie. */
export function makeSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** SHA-256 in base64url: what is kept of a secret, and the S256 challenge of a verifier (RFC 7636 section 4.2). */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url");
}

type NewAttempt = Pick<
  AttemptRow,
  "credentialId" | "nodeId" | "purpose" | "mode" | "returnTo" | "asksMfa" | "sessionId" | "address"
> & { state: string; browserSecret: string; secrets: AttemptSecrets };

/** Records a sign-in that begins; returns its ID, null when the browser or the address has begun too many. */
export async function createAttempt(input: NewAttempt, now: Date): Promise<string | null> {
  const { state, browserSecret, secrets, ...rest } = input;
  const since = new Date(now.getTime() - attemptMs);
  const browserHash = hashSecret(browserSecret);
  const [open] = await getDb()
    .select({
      ofAddress: count(),
      ofBrowser: sql<number>`count(*) filter (where ${eq(signInAttempts.browserHash, browserHash)})`.mapWith(Number),
    })
    .from(signInAttempts)
    .where(
      and(
        eq(signInAttempts.address, input.address),
        gt(signInAttempts.createdAt, since),
        isNull(signInAttempts.usedAt),
      ),
    );
  if (open && (open.ofBrowser >= maxOpenPerBrowser || open.ofAddress >= maxOpenPerAddress)) return null;
  const id = v7();
  await getDb()
    .insert(signInAttempts)
    .values({
      ...rest,
      id,
      stateHash: hashSecret(state),
      browserHash,
      secretsEnvelope: sealSecret(JSON.stringify(secrets), signInAad(id, "secrets")),
      createdAt: now,
      expiresAt: new Date(now.getTime() + attemptMs),
    });
  return id;
}

export type TakenAttempt =
  | { attempt: AttemptRow; secrets: AttemptSecrets; refusal: null }
  | { attempt: AttemptRow | null; secrets: null; refusal: SignInRefusal };

/**
 * Takes the sign-in that a `state` stands for, once: of two answers with the same state one wins, and it can't be taken by
 * another browser, which then has not used it up either.
 * @param browserSecret from the browser's cookie, null when it sent none.
 */
export async function takeAttempt(state: string, browserSecret: string | null, now: Date): Promise<TakenAttempt> {
  const [attempt] = await getDb()
    .select()
    .from(signInAttempts)
    .where(eq(signInAttempts.stateHash, hashSecret(state)));
  if (!attempt) return { attempt: null, secrets: null, refusal: ownRefusals.unknown_attempt };
  if (!isBrowserOf(attempt, browserSecret)) return { attempt, secrets: null, refusal: ownRefusals.other_browser };
  if (attempt.usedAt || !attempt.secretsEnvelope) return { attempt, secrets: null, refusal: ownRefusals.used };
  if (attempt.expiresAt <= now) return { attempt, secrets: null, refusal: ownRefusals.expired };
  const taken = await getDb()
    .update(signInAttempts)
    .set({ usedAt: now, secretsEnvelope: null })
    .where(and(eq(signInAttempts.id, attempt.id), isNull(signInAttempts.usedAt)))
    .returning({ id: signInAttempts.id });
  if (taken.length === 0) return { attempt, secrets: null, refusal: ownRefusals.used };
  const secrets = JSON.parse(openSecret(attempt.secretsEnvelope, signInAad(attempt.id, "secrets")));
  return { attempt, secrets, refusal: null };
}

/** Whether a browser is the one that began a sign-in. */
export function isBrowserOf(attempt: Pick<AttemptRow, "browserHash">, browserSecret: string | null): boolean {
  if (!browserSecret) return false;
  const [expected, given] = [Buffer.from(attempt.browserHash), Buffer.from(hashSecret(browserSecret))];
  return expected.length === given.length && timingSafeEqual(expected, given);
}

/** Keeps why a sign-in was refused, for the page that explains it. */
export async function recordRefusal(attemptId: string, refusal: RecordedRefusal): Promise<void> {
  await getDb()
    .update(signInAttempts)
    .set({ refusal: { ...refusal, ...mapTexts(refusal, toStorable) } })
    .where(eq(signInAttempts.id, attemptId));
}

/** Removes sign-ins that are long over, with what mapping tests found, for the worker. */
export async function deleteOldAttempts(now = new Date()): Promise<void> {
  await getDb()
    .delete(signInAttempts)
    .where(lt(signInAttempts.expiresAt, new Date(now.getTime() - 60 * 60_000)));
}
