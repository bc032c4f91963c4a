/** Times of a token in milliseconds since 1970. */
export type TokenTimes = {
  acquiredAt: number;
  expiresAt: number;
  /** From here on it is renewed while it still serves. */
  renewAt: number;
};

const maxRenewalMarginMs = 300_000;
const maxSafetyMs = 10_000;

/**
 * When a token is renewed and when it ends. The lifetime counts from before the request was sent, so the true end is
 * later, never earlier. Renewed at `min(acquired + refresh interval, expiry − margin)`; the margin is a fifth of the
 * lifetime, at most five minutes.
 * @param requestedAt milliseconds, before the request was sent.
 * @param phase from 0 to 1 (`phaseOf`): up to a tenth of the way earlier.
 */
export function planTimes(
  requestedAt: number,
  expiresInSeconds: number,
  refreshIntervalSeconds: number,
  phase = 0,
): TokenTimes {
  const lifetime = expiresInSeconds * 1000;
  const expiresAt = requestedAt + lifetime;
  const margin = Math.min(lifetime / 5, maxRenewalMarginMs);
  const wait = Math.min(refreshIntervalSeconds * 1000, lifetime - margin);
  return { acquiredAt: requestedAt, expiresAt, renewAt: Math.round(requestedAt + wait * (1 - phase / 10)) };
}

/**
 * A credential's place in the spread of renewals, from 0 to 1: the same each time, so that credentials whose tokens came
 * together (after an outage, or when they were made by a script) part and stay apart.
 * @param credentialId a UUIDv7; its last digits are random.
 */
export function phaseOf(credentialId: string): number {
  return Number.parseInt(credentialId.slice(-8), 16) / 0x1_0000_0000;
}

/** Until when a token is sent: a tenth of its life, at most 10 s, before it expires, for the way to the service. */
export function usableUntil(acquiredAt: number, expiresAt: number): number {
  return expiresAt - Math.min((expiresAt - acquiredAt) / 10, maxSafetyMs);
}

const second = 1000;
/** Backoffs are spread by up to this part of them. */
const spread = 0.2;
const permanent = { first: 60 * second, most: 1800 * second };
const passing = { first: 1 * second, most: 60 * second };

/**
 * Returns the backoff after a failure: 60 s doubling to 30 min when it refused, 1 s doubling to a minute
 * when it can't answer, never less than it asked for itself. Spread by up to a fifth, within these bounds, so that many
 * credentials of one provider do not come back at the same moment.
 * @param failures in a row, this one included.
 * @param retryAfterMs what the provider asked for, null when it did not.
 * @param random from 0 to 1.
 * @returns milliseconds
 */
export function computeBackoff(
  kind: "permanent" | "transient",
  failures: number,
  retryAfterMs: number | null,
  random: number,
): number {
  const { first, most } = kind === "permanent" ? permanent : passing;
  const base = Math.min(first * 2 ** Math.min(Math.max(failures, 1) - 1, 20), most / (1 + spread));
  const wait = Math.max(base, retryAfterMs ?? 0);
  return Math.round(wait * (1 + spread * random));
}
