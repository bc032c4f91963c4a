import type { Authorization } from "#lib/delivery/transports/model.ts";
import type { PlannedCredential, TransportPlan } from "#lib/delivery/transports/plan.ts";
import {
  getPersonToken,
  type PersonToken,
  replaceRefusedToken,
  requirePersonToken,
} from "#lib/oauth/sign-in/session-token.ts";
import { dropToken, getToken } from "#lib/oauth/tokens/get-token.ts";
import type { IssuedToken, TokenCause } from "#lib/oauth/tokens/model.ts";
import type { Actor } from "#lib/platform/audit/actor.ts";
import { openSecret } from "#lib/platform/crypto/envelope.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import type { RunToken } from "./model.ts";

/**
 * The token to send, without a promise when it is in memory; never one that has expired. Of a User credential it is the own
 * token of the person who acts.
 * @throws AppError what `getToken` and `getPersonToken` throw, `token_response_invalid` for a token that is expired when it comes
 */
export function getFreshToken(
  subject: PlannedCredential,
  cause: TokenCause,
  actor: Actor,
): IssuedToken | PersonToken | Promise<IssuedToken | PersonToken> {
  if (subject.type === "user") return getPersonToken(actor, subject);
  return requireFresh({ getToken, dropToken }, subject, cause);
}

/** Where tokens come from. */
export type TokenSource = { getToken: typeof getToken; dropToken: typeof dropToken };
type Subject = Parameters<typeof getToken>[0] & { name: string };

/**
 * A token that hasn't expired, without a promise when it is in memory. An expired one is dropped and replaced.
 * @throws AppError what the source throws, `token_response_invalid` for a token that is expired when it comes
 */
export function requireFresh(
  source: TokenSource,
  subject: Subject,
  cause: TokenCause,
  now: () => number = Date.now,
): IssuedToken | Promise<IssuedToken> {
  const issued = source.getToken(subject, cause);
  if (!(issued instanceof Promise) && issued.expiresAt > now()) return issued;
  return replaceExpired(source, subject, issued, cause, now);
}

async function replaceExpired(
  source: TokenSource,
  subject: Subject,
  given: IssuedToken | Promise<IssuedToken>,
  cause: TokenCause,
  now: () => number,
): Promise<IssuedToken> {
  const issued = await given;
  if (issued.expiresAt > now()) return issued;
  await source.dropToken(subject, issued.generation);
  const renewed = await source.getToken(subject, cause);
  if (renewed.expiresAt > now()) return renewed;
  throw new AppError("token_response_invalid", `The provider gave ${subject.name} a token that has already expired.`, {
    hint: "Compare the clocks of this machine and of the provider.",
  });
}

/**
 * Refuses, before a run is made, who is not signed in with the User credential that a transport sends the token of.
 * @returns nothing, without a promise, for every other transport.
 * @throws AppError `profile_sign_in_required`
 */
export function requireSignIn({ authorization }: TransportPlan, actor: Actor): void | Promise<void> {
  if (authorization.kind !== "credential" || authorization.credential.type !== "user") return;
  return requirePersonToken(actor, authorization.credential);
}

/** Says that a service refused a token; whether another one can be had. */
export function dropRefusedToken(subject: PlannedCredential, issued: IssuedToken | PersonToken): Promise<boolean> {
  return "user" in issued ? replaceRefusedToken(issued) : dropToken(subject, issued.generation);
}

/**
 * What a request is authorized with.
 * @param issued the token of a transport with a credential, else null.
 * @throws AppError `secret_unreadable`
 */
export function openAuthorization(transport: TransportPlan, issued: IssuedToken | null): Authorization {
  if (issued) return { kind: "bearer", token: issued.accessToken, reach: issued.reach };
  const { authorization } = transport;
  if (authorization.kind !== "basic") return { kind: "none" };
  const { username, passwordEnvelope } = authorization;
  const aad = transport.aads.basicPassword;
  return { kind: "basic", username, password: passwordEnvelope === null ? "" : openSecret(passwordEnvelope, aad) };
}

/** The secrets of an Authorization, in the forms in which they go out. */
export function secretsOf(authorization: Authorization): string[] {
  if (authorization.kind === "bearer") return [authorization.token];
  if (authorization.kind === "none") return [];
  const { username, password } = authorization;
  return [password, Buffer.from(`${username}:${password}`).toString("base64")];
}

/** What a receipt says of a token. `now` in milliseconds since 1970. */
export function describeToken(issued: IssuedToken | PersonToken, now: number): RunToken {
  return {
    credentialId: issued.credentialId,
    credentialVersion: issued.credentialVersion,
    source: issued.source,
    ageSeconds: Math.max(0, Math.round((now - issued.acquiredAt) / 1000)),
    expiresAt: new Date(issued.expiresAt).toISOString(),
    ...("user" in issued && { user: { id: issued.user.id, name: issued.user.name } }),
  };
}
