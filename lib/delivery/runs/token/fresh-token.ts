import type { dropToken, getToken } from "#lib/oauth/tokens/get-token.ts";
import type { IssuedToken, TokenCause } from "#lib/oauth/tokens/model.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";

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
