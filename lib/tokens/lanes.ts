/** The same while it fails: enough to see that it is back. */
const mostWhileFailing = 4;
/** Failures in a row after which a provider counts as failing. */
const failingAfter = 8;
/** Requests per second to a provider that fails. */
const failingRate = 20;

/** How many times as many as are under way are taken at once: the rest waits its turn here, so that few claims do for many. */
const queued = 4;

type Lane = {
  inFlight: number;
  active: number;
  waiting: (() => void)[];
  failures: number;
  budget: number;
  countedAt: number;
};

/** How many more credentials of each provider may be claimed now; one that is not named: as many as a lane takes. */
export type Rooms = Record<string, number>;

export type Lanes = {
  rooms: (now: number) => Rooms;
  /** Whether some provider is being asked at the pace of one that fails. */
  someFail: () => boolean;
  /** A credential was claimed. */
  begin: (host: string, now: number) => void;
  /** Waits for its turn among those of its provider. */
  enter: (host: string) => Promise<void>;
  /** @param failed whether the provider could not answer. */
  end: (host: string, failed: boolean, now: number) => void;
};

/**
 * How many requests at once one worker has at one provider: half of the places that all processes have there, so that a run
 * that needs a token finds one.
 */
export function sizeOfLane(places: number): number {
  return Math.max(1, Math.floor(places / 2));
}

/** How many credentials of one provider a worker has in hand: those under way and those that wait their turn. */
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

  return {
    rooms(now) {
      const rooms: Rooms = {};
      for (const [host, lane] of lanes) {
        const isFailing = lane.failures >= failingAfter;
        if (isFailing) refill(lane, now);
        const most = isFailing
          ? Math.min(mostWhileFailing, mostInLane, lane.inFlight + Math.floor(lane.budget))
          : mostInLane * queued;
        rooms[host] = Math.max(0, most - lane.inFlight);
      }
      return rooms;
    },
    someFail: () => [...lanes.values()].some(({ failures }) => failures >= failingAfter),
    begin(host, now) {
      const lane = lanes.get(host) ?? { inFlight: 0, active: 0, waiting: [], failures: 0, budget: 0, countedAt: now };
      lane.inFlight++;
      if (lane.failures >= failingAfter) lane.budget = Math.max(0, lane.budget - 1);
      lanes.set(host, lane);
    },
    async enter(host) {
      const lane = lanes.get(host);
      if (!lane) return;
      if (lane.active < mostInLane) lane.active++;
      else await new Promise<void>((resolve) => lane.waiting.push(resolve));
    },
    end(host, failed, now) {
      const lane = lanes.get(host);
      if (!lane) return;
      lane.inFlight--;
      // Whose turn it is takes over the place of the one that ends.
      const next = lane.waiting.shift();
      if (next) next();
      else lane.active--;
      lane.failures = failed ? lane.failures + 1 : 0;
      if (lane.failures === failingAfter) Object.assign(lane, { budget: 0, countedAt: now });
      if (lane.inFlight === 0 && lane.failures === 0) lanes.delete(host);
    },
  };
}
