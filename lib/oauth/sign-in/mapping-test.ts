import { and, eq, gt } from "drizzle-orm";
import { decodeJwt } from "jose";
import { validate as isUuid } from "uuid";
import { z } from "zod";
import { signInAttempts } from "#drizzle/schema/sign-in-attempts.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { roles } from "#lib/access/permissions/permissions.ts";
import { type UserSettings, userFields } from "#lib/oauth/credentials/definition.ts";
import { providers } from "#lib/oauth/credentials/kinds.ts";
import type { OpenUserCredential } from "#lib/oauth/credentials/model.ts";
import type { ProviderMetadata } from "#lib/oauth/providers/provider-metadata.ts";
import { getProviderMetadata } from "#lib/oauth/providers/provider-metadata.ts";
import { type ClaimPath, type Claims, listClaimPaths } from "#lib/oauth/providers/read-claim.ts";
import type { ReceivedUserTokens } from "#lib/oauth/tokens/model.ts";
import { signInAad } from "#lib/platform/crypto/aad.ts";
import { openSecret, sealSecret } from "#lib/platform/crypto/envelope.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { invalidInput, isAppError, notFound } from "#lib/platform/errors/app-error.ts";
import { type FoundClaims, type MappedClaims, mapClaims } from "./claims.ts";
import { toMappingSettings } from "./verifying/mapping-settings.ts";
import { findMfa } from "./verifying/mfa.ts";
import { fetchUserinfo, readMappedClaims, verifySignIn } from "./verifying/verify-sign-in.ts";

/** Claims of one source, or why there are none. */
export type TestedClaims = { claims: Claims; missing: null } | { claims: null; missing: string };

/** What a sign-in in a mapping test brought. It made no session, and no token is kept. */
export type MappingTest = {
  credentialId: string;
  at: string;
  sources: Record<UserSettings["claimsSource"], TestedClaims>;
  /** Which second factor the ID token vouches for, null when none. */
  mfaMethod: string | null;
};

/** How long a test can be read after its sign-in. */
const readableMs = 60 * 60_000;

/**
 * Verifies what the sign-in of a mapping test brought, and keeps its claims, encrypted, for the user who asked.
 * @returns what the credential's own mapping found in them.
 */
export async function keepMappingTest(
  attemptId: string,
  credential: OpenUserCredential,
  metadata: ProviderMetadata,
  received: ReceivedUserTokens,
  nonce: string,
  clock: () => number,
): Promise<FoundClaims> {
  const plain = { ...credential, claimsSource: "id_token" as const };
  const { idToken } = await verifySignIn(plain, metadata, received, nonce, clock);
  const withUserinfo = { ...credential, claimsSource: "userinfo" as const };
  const kept: Omit<MappingTest, "credentialId" | "at"> = {
    sources: {
      id_token: { claims: idToken, missing: null },
      access_token: await attempt(() =>
        readMappedClaims({ ...credential, claimsSource: "access_token" }, metadata, received, idToken, clock),
      ),
      userinfo: await attempt(async () => {
        const known = metadata.userinfoUrl ? metadata : await getProviderMetadata(withUserinfo, clock);
        return fetchUserinfo(credential, known, received.accessToken, idToken);
      }),
    },
    mfaMethod: findMfa(idToken, credential),
  };
  const claimsEnvelope = sealSecret(JSON.stringify(kept), signInAad(attemptId, "claims"));
  await getDb().update(signInAttempts).set({ claimsEnvelope }).where(eq(signInAttempts.id, attemptId));
  return mapClaims(kept.sources[credential.claimsSource].claims ?? {}, toMappingSettings(credential)).found;
}

async function attempt(read: () => Promise<Claims>): Promise<TestedClaims> {
  try {
    return { claims: await read(), missing: null };
  } catch (err) {
    if (!isAppError(err)) throw err;
    return { claims: null, missing: err.message };
  }
}

/**
 * Reads a mapping test, within an hour of its sign-in and by the session that asked for it.
 * @throws AppError `forbidden`, `not_found`
 */
export async function readMappingTest(ctx: Context, id: string, now = new Date()): Promise<MappingTest> {
  requirePermission(ctx, "credentials.write");
  const sessionId = ctx.actor.kind === "user" ? ctx.actor.sessionId : null;
  const [row] =
    isUuid(id) && sessionId
      ? await getDb()
          .select()
          .from(signInAttempts)
          .where(
            and(
              eq(signInAttempts.id, id),
              eq(signInAttempts.purpose, "mapping_test"),
              eq(signInAttempts.sessionId, sessionId),
              gt(signInAttempts.createdAt, new Date(now.getTime() - readableMs)),
            ),
          )
      : [];
  if (!row?.claimsEnvelope) throw notFound("mapping test", id);
  const kept = JSON.parse(openSecret(row.claimsEnvelope, signInAad(id, "claims")));
  return { credentialId: row.credentialId, at: (row.usedAt ?? row.createdAt).toISOString(), ...kept };
}

const grant = { role: z.enum(roles), nodeId: z.uuid().nullable().default(null) };

/** A mapping to try: claims or a pasted token, and the settings as the form has them. */
export const mappingTrial = z.object({
  claims: z.record(z.string(), z.unknown()).nullish(),
  token: z.string().trim().max(100_000).nullish().meta({ description: "A JWT; it is decoded, not verified." }),
  settings: z.object({
    provider: z.enum(providers),
    claimsSource: userFields.claimsSource,
    jwtUsernameKey: z.string().trim().max(200).default("preferred_username"),
    jwtRolesKey: z.string().trim().max(200).default("roles"),
    roleMapping: z.array(z.object({ claimValue: z.string(), ...grant })).default([]),
    defaultRole: z.object(grant).nullable().default(null),
  }),
});

/** Who would get what; `paths` is everything that a key can point at. */
export type MappingTrialResult = { claims: Claims; paths: ClaimPath[]; result: MappedClaims };

/**
 * Tries a mapping on claims or on a token that was pasted. Nobody is signed in, nothing is stored, and a pasted token is
 * only decoded.
 * @throws AppError `forbidden`, `invalid_input` for a text that is no JWT.
 */
export function tryMapping(ctx: Context, input: z.output<typeof mappingTrial>): MappingTrialResult {
  requirePermission(ctx, "credentials.write");
  const claims = input.claims ?? decode(input.token ?? "");
  return { claims, paths: listClaimPaths(claims), result: mapClaims(claims, input.settings) };
}

function decode(token: string): Claims {
  try {
    return decodeJwt(token.replace(/^Bearer\s+/i, ""));
  } catch {
    const message = "This is not a JWT: three parts separated by dots, beginning with eyJ.";
    throw invalidInput([{ field: "token", message }]);
  }
}
