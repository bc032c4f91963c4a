const MINUTE_MS = 60_000;
const MINUTES_KEPT = 120;

export interface TokenRequestCount {
  total: number;
  /** Answered with status 200. */
  succeeded: number;
  /** Most requests in hand at once. */
  mostAtOnce: number;
  /** Requests by the minute in which they came, as `2026-01-31T10:05Z`. */
  perMinute: Record<string, number>;
}

/** Counts the requests to the token endpoint by client. */
export interface TokenRequests {
  /** Counts a request; the answer is called with its status when it has ended. */
  begin(clientId: string): (status: number) => void;
  count(clientId: string): TokenRequestCount;
  counts(): Record<string, TokenRequestCount>;
  reset(): void;
}

interface Entry extends TokenRequestCount {
  inHand: number;
}

export function createTokenRequests(now: () => number = Date.now): TokenRequests {
  const entries = new Map<string, Entry>();

  function entryOf(clientId: string): Entry {
    let entry = entries.get(clientId);
    if (!entry) {
      entry = createEntry();
      entries.set(clientId, entry);
    }
    return entry;
  }
  function summarize({ inHand: _inHand, ...count }: Entry): TokenRequestCount {
    return { ...count, perMinute: { ...count.perMinute } };
  }

  return {
    begin(clientId) {
      const entry = entryOf(clientId);
      entry.total += 1;
      entry.inHand += 1;
      entry.mostAtOnce = Math.max(entry.mostAtOnce, entry.inHand);
      countMinute(entry.perMinute, now());
      return (status) => {
        entry.inHand -= 1;
        if (status === 200) entry.succeeded += 1;
      };
    },
    count: (clientId) => summarize(entries.get(clientId) ?? createEntry()),
    counts: () => Object.fromEntries([...entries].map(([clientId, entry]) => [clientId, summarize(entry)])),
    reset: () => entries.clear(),
  };
}

function createEntry(): Entry {
  return { total: 0, succeeded: 0, mostAtOnce: 0, perMinute: {}, inHand: 0 };
}

function countMinute(perMinute: Record<string, number>, now: number): void {
  const minute = `${new Date(Math.floor(now / MINUTE_MS) * MINUTE_MS).toISOString().slice(0, 16)}Z`;
  perMinute[minute] = (perMinute[minute] ?? 0) + 1;
  const minutes = Object.keys(perMinute);
  for (const old of minutes.slice(0, Math.max(0, minutes.length - MINUTES_KEPT))) delete perMinute[old];
}
