import { eq } from "drizzle-orm";
import { validate as isUuid } from "uuid";
import { credentials } from "#drizzle/schema/credentials.ts";
import { signInAttempts } from "#drizzle/schema/sign-in-attempts.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { isBrowserOf } from "./attempts.ts";
import type { RecordedRefusal, SignInMode, SignInPurpose, SignInRefusal } from "./model.ts";
import { ownRefusals } from "./outcome/refusals.ts";

/** How a sign-in ended, for the pages that say so. */
export type SignInResult = {
  kind: "signed_in" | "tested" | "refused";
  attemptId: string | null;
  purpose: SignInPurpose;
  mode: SignInMode;
  returnTo: string;
  postLogin: "close" | "stay";
  /** Null when it is not known which profile was meant. */
  credentialId: string | null;
  profileName: string | null;
  nodeId: string | null;
  refusal: RecordedRefusal | null;
};

const nothing = {
  kind: "refused",
  attemptId: null,
  purpose: "sign_in",
  mode: "redirect",
  returnTo: "/",
  postLogin: "close",
  credentialId: null,
  profileName: null,
  nodeId: null,
} as const;

/**
 * Reads how a sign-in ended: told only to the browser that began it.
 * @param query.code of a refusal that belongs to no sign-in of this browser.
 */
export async function readSignInResult(
  query: { attempt?: string; code?: string },
  browserSecret: string | null,
): Promise<SignInResult> {
  const [row] =
    query.attempt && isUuid(query.attempt)
      ? await getDb()
          .select({ attempt: signInAttempts, name: credentials.name, postLogin: credentials.postLogin })
          .from(signInAttempts)
          .innerJoin(credentials, eq(credentials.id, signInAttempts.credentialId))
          .where(eq(signInAttempts.id, query.attempt))
      : [];
  if (!row || !isBrowserOf(row.attempt, browserSecret) || (!row.attempt.usedAt && !row.attempt.refusal)) {
    const known = Object.values<SignInRefusal>(ownRefusals).find(({ code }) => code === query.code);
    return { ...nothing, refusal: { ...(known ?? ownRefusals.unknown_attempt), reference: null } };
  }
  const { id, purpose, mode, returnTo, credentialId, nodeId, refusal } = row.attempt;
  const kind = refusal ? "refused" : purpose === "mapping_test" ? "tested" : "signed_in";
  const { name: profileName, postLogin } = row;
  return { kind, attemptId: id, purpose, mode, returnTo, postLogin, credentialId, profileName, nodeId, refusal };
}
