// Tests change these: a limit that isn't their subject must be out of reach on a slow machine, and one that is must not be waited for.

/** Limits of a token request. A token endpoint that needs longer or says more is not well. */
export const tokenRequestLimits = { connectTimeoutMs: 5_000, timeoutMs: 15_000, maxResponseBytes: 262_144 };

/** How long token requests of several processes wait for each other, in ms. */
export const tokenWaits = {
  /** Waiting for a slot at a provider. With the request's own timeout, this is the most that a hanging host costs a caller. */
  slotMs: 5_000,
  /** Waiting for a token that another process requests: its wait for a slot, its request's timeout, and a margin. */
  otherProcessMs: 22_000,
  /** How long a lease lasts without being extended: the wait of other processes after its holder was killed. */
  leaseMs: 3_000,
  /** How often the holder of a lease extends it. */
  extendLeaseMs: 750,
};
