/** The same while it fails: enough to see that it is back. */
const mostWhileFailing = 4;
/** Failures in a row after which a provider counts as failing. */
const failingAfter = 8;
/** Requests per second to a provider that fails. */
const failingRate = 20;

/** How many times as many as are under way are taken at once: the rest waits its turn here, so that few claims do for many. */
const queued = 4;
/** A provider that answers quickly gets more of them: what it answers in a second. */
const mostQueued = 500;
const paceMs = 500;

type Lane = {
  inFlight: number;
  active: number;
  waiting: (() => void)[];
  failures: number;
  budget: number;
  countedAt: number;
  /** Answers since a time, and how many a second came before it. */
  answers: number;
  answersSince: number;
  pace: number;
};

/** How many more credentials of each provider may be claimed now; one that is not named: as many as a lane takes. */
export type Rooms = Record<string, number>;

/** The turn of one credential in the lane of its provider. */
export type Turn = {
  /**
   * Waits for it; at once when it has come already.
   * @returns false when the provider began to fail meanwhile: what waited for it is to be left for later.
   */
  enter: () => Promise<boolean>;
  /** The provider has answered; only the first call counts. @param failed whether it could not answer, null when it was not asked. */
  leave: (failed: boolean | null, now: number) => void;
};

export type Lanes = {
  rooms: (now: number) => Rooms;
  /** The providers that are being asked at the pace of one that fails. */
  failing: () => string[];
  /** A credential was claimed. */
  begin: (host: string, now: number) => Turn;
};

/**
 * How many requests at once one worker has at one provider: half of the places that all processes have there, so that a run
 * that needs a token finds one.
 */
export function sizeOfLane(places: number): number {
  return Math.max(1, Math.floor(places / 2));
}

/** How many credentials of one provider a worker has in hand at first: those under way and those that wait their turn. */
export function claimsOfLane(places: number): number {
  return sizeOfLane(places) * queued;
}

/**
 * Bounds the work of one worker per provider, so that a slow one keeps no hands that others need and one that is down is not
 * flooded by all of its credentials. Pure but for what it counts; times in milliseconds.
 * @param mostInLane requests at once to one provider.
 */
export function createLanes(mostInLane: number): Lanes {
  const lanes = new Map<string, Lane>();

  function refill(lane: Lane, now: number): void {
    lane.budget = Math.min(mostWhileFailing, lane.budget + (Math.max(0, now - lane.countedAt) * failingRate) / 1000);
    lane.countedAt = now;
  }

  function roomOf(lane: Lane, now: number): number {
    if (lane.failures < failingAfter) return Math.max(mostInLane * queued, Math.min(mostQueued, lane.pace));
    refill(lane, now);
    return Math.min(mostWhileFailing, mostInLane, lane.inFlight + Math.floor(lane.budget));
  }

  function countAnswer(lane: Lane, now: number): void {
    lane.answers++;
    const ms = now - lane.answersSince;
    if (ms < paceMs) return;
    lane.pace = Math.floor((lane.answers * 1000) / ms);
    Object.assign(lane, { answers: 0, answersSince: now });
  }

  function end(host: string, lane: Lane, failed: boolean | null, now: number): void {
    lane.inFlight--;
    if (failed) {
      lane.failures++;
      lane.pace = 0;
      if (lane.failures === failingAfter) Object.assign(lane, { budget: 0, countedAt: now });
    } else if (failed === false) {
      lane.failures = 0;
      countAnswer(lane, now);
    }
    if (lane.inFlight === 0 && lane.failures === 0) lanes.delete(host);
  }

  return {
    rooms(now) {
      const rooms: Rooms = {};
      for (const [host, lane] of lanes) rooms[host] = Math.max(0, roomOf(lane, now) - lane.inFlight);
      return rooms;
    },
    failing: () => [...lanes].filter(([, { failures }]) => failures >= failingAfter).map(([host]) => host),
    begin(host, now) {
      const lane = lanes.get(host) ?? {
        ...{ inFlight: 0, active: 0, waiting: [], failures: 0, budget: 0, countedAt: now },
        ...{ answers: 0, answersSince: now, pace: 0 },
      };
      lanes.set(host, lane);
      lane.inFlight++;
      if (lane.failures >= failingAfter) lane.budget = Math.max(0, lane.budget - 1);
      // Those that are claimed while it fails are the few that find out whether it still does.
      const mayFail = lane.failures >= failingAfter;
      let state: "waits" | "active" | "over" = "waits";
      return {
        async enter() {
          if (state === "waits") {
            if (lane.active < mostInLane) lane.active++;
            else await new Promise<void>((resolve) => lane.waiting.push(resolve));
            state = "active";
          }
          return mayFail || lane.failures < failingAfter;
        },
        leave(failed, at) {
          if (state === "over") return;
          if (state === "active") {
            // Whose turn it is takes over the place of the one that ends.
            const next = lane.waiting.shift();
            if (next) next();
            else lane.active--;
          }
          state = "over";
          end(host, lane, failed, at);
        },
      };
    },
  };
}
