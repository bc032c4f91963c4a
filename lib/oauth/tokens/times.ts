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
