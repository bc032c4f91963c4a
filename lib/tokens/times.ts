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
 */
export function planTimes(requestedAt: number, expiresInSeconds: number, refreshIntervalSeconds: number): TokenTimes {
  const lifetime = expiresInSeconds * 1000;
  const expiresAt = requestedAt + lifetime;
  const margin = Math.min(lifetime / 5, maxRenewalMarginMs);
  return {
    acquiredAt: requestedAt,
    expiresAt,
    renewAt: Math.round(Math.min(requestedAt + refreshIntervalSeconds * 1000, expiresAt - margin)),
  };
}

/** Until when a token is sent: a tenth of its life, at most 10 s, before it expires, for the way to the service. */
export function usableUntil(acquiredAt: number, expiresAt: number): number {
  return expiresAt - Math.min((expiresAt - acquiredAt) / 10, maxSafetyMs);
}
