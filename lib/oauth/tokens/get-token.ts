import { createSingleFlight } from "#lib/platform/background/single-flight.ts";
import { onChanges } from "#lib/platform/db/changes.ts";
import { singleton } from "#lib/platform/env/singleton.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { acquireToken, credentialDisabled, type TokenDependencies, type Want } from "./acquire-token.ts";
import { createTokenMemory, type Remembered } from "./cache/memory.ts";
import type { IssuedToken, TokenCause, TokenSubject } from "./model.ts";
import { requestToken } from "./request-token.ts";
import { clearToken } from "./store.ts";

/** A service that refuses every token must not make us ask for one per run: so many drops in so long, per credential. */
const maxDrops = 5;
const dropWindowMs = 60_000;
/** When another process renews, this one looks again after so long. */
const lookAgainMs = 250;

export type TokenCache = {
  getToken: (subject: TokenSubject, cause: TokenCause) => IssuedToken | Promise<IssuedToken>;
  dropToken: (subject: TokenSubject, generation: number) => Promise<boolean>;
  /** Brings a token as `want` says, one request at a time inside this process; null as `acquireToken`. */
  acquire: (subject: Pick<TokenSubject, "id" | "version">, want: Want) => Promise<Remembered | null>;
  clear: () => void;
};

/** Tokens of one process. There is one cache per process; tests make their own, with clocks. */
export function createTokenCache(world: TokenDependencies): TokenCache {
  const memory = createTokenMemory();
  const flight = createSingleFlight<Remembered | null>();
  const drops = new Map<string, number[]>();
  const clearing = createSingleFlight<boolean>();

  function acquire(subject: Pick<TokenSubject, "id" | "version">, want: Want): Promise<Remembered | null> {
    return flight(`${want.kind} ${subject.id} ${subject.version}`, async () => {
      const entry = await acquireToken(subject.id, want, world);
      // The worker renews a hundred thousand tokens that no run of its own asks for; those are not kept.
      if (entry && (want.kind !== "renew" || memory.knows(subject.id))) {
        memory.keep({ ...entry, token: { ...entry.token, source: "cache" } });
      }
      return entry;
    });
  }

  function renewAhead(subject: TokenSubject, entry: Remembered): void {
    // Until this attempt is over nobody here starts another one.
    entry.renewAt = entry.usableUntil;
    acquire(subject, { kind: "renew", cause: "renewal", runId: null }).then(
      (renewed) => {
        if (!renewed) entry.renewAt = world.now() + lookAgainMs;
      },
      (err) => {
        const retryAt = Date.parse(String(err?.details?.retryAt ?? ""));
        entry.renewAt = Number.isNaN(retryAt) ? world.now() + 1000 : retryAt;
        getLog().debug({ err, credentialId: subject.id }, "a token could not be renewed ahead");
      },
    );
  }

  async function acquireForUse(subject: TokenSubject, { cause, runId }: TokenCause): Promise<IssuedToken> {
    const entry = await acquire(subject, { kind: "use", cause, runId: runId ?? null });
    return entry!.token;
  }

  /** Once however many runs saw the same token refused. */
  async function clearOnce(subject: TokenSubject, generation: number): Promise<boolean> {
    let isMine = false;
    const cleared = await clearing(`${subject.id} ${subject.version} ${generation}`, () => {
      isMine = true;
      return clearToken(subject, generation);
    });
    // Who cleared it counts it.
    return isMine && cleared;
  }

  return {
    acquire,
    getToken(subject, cause) {
      if (!subject.enabled) throw credentialDisabled(subject.name);
      const entry = memory.find(subject);
      if (entry) {
        const now = world.now();
        if (now < entry.renewAt) return entry.token;
        if (now < entry.usableUntil) {
          renewAhead(subject, entry);
          return entry.token;
        }
      }
      return acquireForUse(subject, cause);
    },
    async dropToken(subject, generation) {
      const now = world.now();
      const recent = (drops.get(subject.id) ?? []).filter((at) => now - at < dropWindowMs);
      if (recent.length >= maxDrops) return false;
      const dropped = await clearOnce(subject, generation);
      memory.forget(subject, generation);
      if (dropped) drops.set(subject.id, [...recent, now]);
      return true;
    },
    clear: () => memory.clear(),
  };
}

/** The cache of this process; emptied after each change of configuration by any process. */
export const tokenCache = singleton("tokens.cache", () => {
  const cache = createTokenCache({ now: Date.now, random: Math.random, requestToken });
  onChanges(cache.clear);
  return cache;
});

/**
 * The token to send for a credential: from memory (then at once, without a promise), else from the database, else from
 * the provider, with one request at a time over all processes. A token that is due is renewed in the background while it
 * still serves; one that has expired is never given out.
 * @param subject from a cache that is right within 2 s of an edit.
 * @throws AppError `credential_disabled`, `not_found`, or why no token could be had (see `requestToken`)
 */
export function getToken(subject: TokenSubject, cause: TokenCause): IssuedToken | Promise<IssuedToken> {
  return tokenCache.getToken(subject, cause);
}

/**
 * Forgets a token that a service refused with 401, everywhere, unless it was renewed meanwhile; the next `getToken` brings
 * another one.
 * @param generation of the token that was refused.
 * @returns false when too many were dropped lately: the service refuses whatever token comes, and asking again is no use.
 */
export function dropToken(subject: TokenSubject, generation: number): Promise<boolean> {
  return tokenCache.dropToken(subject, generation);
}
