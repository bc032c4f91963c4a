import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { openSealed } from "#lib/oauth/credentials/open-credential.ts";
import { readReach } from "#lib/oauth/credentials/token-reach.ts";
import { explainFailure } from "#lib/oauth/explanations/explain.ts";
import { AppError, toAppError } from "#lib/platform/errors/app-error.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { startTrace } from "#lib/platform/net/trace.ts";
import type { Remembered } from "./cache/memory.ts";
import { tokenWaits } from "./limits.ts";
import type { CheckNotes, ReceivedToken, StoredFailure, TokenClient, TokenSource } from "./model.ts";
import { acquireSlot } from "./provider-slots.ts";
import { type Attempt, type AttemptedCredential, recordFailure, recordSuccess } from "./record-outcome.ts";
import {
  currentTokenAad,
  extendLease,
  loadTokenState,
  openToken,
  releaseLease,
  type TokenState,
  takeLease,
} from "./store.ts";
import { phaseOf, planTimes, usableUntil } from "./times.ts";

// The token of a credential's version and scope, over all processes. Its row (store.ts) has the token, the lease of the process
// that requests one, and the last failure.
//
//   missing   never requested, dropped after a 401, or the credential was edited (another version): callers wait for a request
//   fresh     until renewAt: served from memory (get-token.ts), else from the row
//   due       until usableUntil: still served, and requested in the background, or by the worker (renew-due.ts)
//   expired   from usableUntil: never sent; callers wait for a request
//   backoff   the last request failed: until retryAt, callers get the stored failure. A valid token is still served, and a
//             connection check makes a request all the same
//
// A request:
//   1. callers of this process share it (single flight per credential, version, and kind of want)
//   2. read the row: served if it's fresh enough for what is wanted
//   3. take the lease. Another process has it: poll until its result is there; `renew` leaves it to that process
//   4. the row changed since it was read: release the lease, and begin again
//   5. acquire a provider slot, request, and store the outcome, which ends the lease. The credential was edited meanwhile: nothing
//      is stored, and it begins again
// A heartbeat extends the lease. The lease of a killed process expires after tokenWaits.leaseMs.

/** What acquiring needs of the world. */
export type TokenDependencies = {
  /** Milliseconds since 1970. */
  now: () => number;
  /** From 0 to 1. */
  random: () => number;
  requestToken: (client: TokenClient, now: () => number) => Promise<ReceivedToken>;
};

/**
 * What the token is for. `use`: any that can still be sent. `renew`: one that is not due, unless another process is at it.
 * `check`: the provider is asked whatever there is, also while it is given a rest after a failure.
 */
export type Want = {
  kind: "use" | "renew" | "check";
  cause: string;
  runId: string | null;
  notes?: CheckNotes;
  /** Waited for before the provider is asked; not at all when it need not be. */
  turn?: () => Promise<void>;
  /** Called when the provider has sent a token, before it is stored. */
  onAnswer?: () => void;
};

/**
 * Brings the current token of a credential: fresh from the database, or asked for by the one process that gets the lease
 * while the others wait for what it stores. No connection is held while the provider is asked. When the credential is
 * edited meanwhile, it begins again with the new configuration.
 * @returns null for `renew` when another process is at it.
 * @throws AppError of the token request, or the stored one while the provider is given a rest; `credential_disabled`,
 *   `not_found`, `timeout`
 */
export async function acquireToken(
  credentialId: string,
  want: Want,
  world: TokenDependencies,
): Promise<Remembered | null> {
  const startedAt = world.now();
  const holder = randomUUID();
  for (;;) {
    const state = await loadTokenState(credentialId);
    const { subject } = state;
    if (!subject.enabled) throw credentialDisabled(subject.name);
    const ready = pickReady(state, want, startedAt, world.now());
    if (ready) return ready;
    if (want.kind !== "check" && state.failure && (state.retryAt ?? 0) > world.now()) {
      throw toError(state.failure, state.retryAt ?? 0);
    }
    await want.turn?.();
    const lease = await takeLease(subject, holder);
    if (!lease) {
      if (want.kind === "renew") return null;
      if (world.now() - startedAt > tokenWaits.otherProcessMs) throw waitedTooLong(subject.name);
      await wait(25 + 75 * world.random());
      continue;
    }
    if (lease.generation !== state.generation || lease.retryAt !== state.retryAt) {
      await releaseLease(subject, holder);
      continue;
    }
    const acquired = await askProvider(state, want, holder, world);
    if (acquired) return acquired;
  }
}

/** `credential_disabled` with the credential's name. */
export function credentialDisabled(name: string): AppError {
  return new AppError("credential_disabled", `The credential ${name} is disabled.`, {
    hint: "Ask an admin to enable it, or choose another one in the transport.",
  });
}

function pickReady(state: TokenState, want: Want, startedAt: number, now: number): Remembered | null {
  const { token } = state;
  if (!token) return null;
  const good =
    want.kind === "check"
      ? token.acquiredAt >= startedAt
      : now < (want.kind === "renew" ? token.renewAt : usableUntil(token.acquiredAt, token.expiresAt));
  if (!good) return null;
  const accessToken = openToken(state, token.envelope);
  return accessToken === null ? null : remember(state, accessToken, token, token.generation, "cache");
}

function remember(
  { subject, sealed }: TokenState,
  accessToken: string,
  times: { acquiredAt: number; expiresAt: number; renewAt: number },
  generation: number,
  source: TokenSource,
): Remembered {
  return {
    token: {
      accessToken,
      generation,
      source,
      acquiredAt: times.acquiredAt,
      expiresAt: times.expiresAt,
      credentialId: subject.id,
      credentialVersion: subject.version,
      reach: readReach(sealed),
    },
    scope: subject.scope,
    renewAt: times.renewAt,
    usableUntil: usableUntil(times.acquiredAt, times.expiresAt),
  };
}

/** With the lease in hand. Null when the configuration changed meanwhile and all begins again. */
async function askProvider(
  state: TokenState,
  want: Want,
  leaseHolder: string,
  world: TokenDependencies,
): Promise<Remembered | null> {
  const { subject } = state;
  const startedAt = world.now();
  const heartbeat = setInterval(() => {
    extendLease(subject, leaseHolder).catch((err) => getLog().warn({ err }, "the lease of a token was not extended"));
  }, tokenWaits.extendLeaseMs);
  const attempt: Attempt = {
    subject,
    credential: unknownCredential,
    leaseHolder,
    tokenAad: currentTokenAad(state),
    kind: want.kind === "check" ? "check" : "token_request",
    cause: want.cause,
    runId: want.runId,
    startedAt,
    endedAt: startedAt,
  };
  let releaseSlot: (() => Promise<void>) | undefined;
  let received: ReceivedToken;
  try {
    const credential = openSealed(state.sealed);
    attempt.credential = credential;
    releaseSlot = await acquireSlot(credential.endpointUrl);
    attempt.startedAt = world.now();
    const trace = want.notes && startTrace();
    if (want.notes) want.notes.trace = trace ?? null;
    received = await world.requestToken(trace ? { ...credential, trace } : credential, world.now);
    if (want.notes) want.notes.received = received;
    want.onAnswer?.();
  } catch (cause) {
    const error = toAppError(cause);
    if (attempt.credential !== unknownCredential && !releaseSlot) {
      // It was not asked, so nothing is known about the credential.
      await releaseLease(subject, leaseHolder);
      throw error;
    }
    if (error.code === "internal") getLog().error({ err: cause }, "a token request failed inside Sallyport");
    attempt.endedAt = world.now();
    await recordFailure(attempt, error, world.random());
    throw explain(error);
  } finally {
    clearInterval(heartbeat);
    await releaseSlot?.();
  }
  attempt.endedAt = world.now();
  const times = planTimes(
    received.requestedAt,
    received.expiresInSeconds,
    subject.refreshIntervalSeconds,
    phaseOf(subject.id),
  );
  const generation = await recordSuccess(attempt, received, times);
  if (generation === null) return null;
  return remember(state, received.accessToken, times, generation, generation === 1 ? "acquired" : "refreshed");
}

/** Stands in when the stored secrets don't open. */
const unknownCredential: AttemptedCredential = {
  failures: 0,
  failingSince: null,
  unexplainedSince: null,
  workedVersion: null,
  endpointUrl: "",
  proxy: { mode: "none" },
  clientAuthentication: "client_secret_post",
  secretExpiresOn: null,
  presentCertificate: false,
  certificate: null,
};

/** The error as it is told: with the hint that names the form's field. */
function explain(error: AppError): AppError {
  const { words, hint } = explainFailure(error);
  return new AppError(error.code, `${words}.`, {
    hint: hint || undefined,
    expose: error.expose,
    retryable: error.retryable,
    fields: error.fields,
    details: error.details,
    provider: error.provider ?? undefined,
    cause: error.cause,
  });
}

function toError(failure: StoredFailure, retryAt: number): AppError {
  const until = new Date(retryAt).toISOString();
  return new AppError(failure.code, `${failure.message} The provider is asked again at ${until}.`, {
    hint: failure.hint ?? undefined,
    retryable: failure.retryable,
    details: { retryAt: until },
    provider: failure.provider ?? undefined,
  });
}

function waitedTooLong(name: string): AppError {
  return new AppError(
    "timeout",
    `No token for ${name} within ${tokenWaits.otherProcessMs / 1000} s: another request for it is under way.`,
    {
      hint: "The provider is slow to answer. Try again.",
      retryable: true,
    },
  );
}
