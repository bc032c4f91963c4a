/** Calls `act` unless a call for the same key is in flight: then the caller shares that one. */
export type SingleFlight<T> = (key: string, act: () => Promise<T>) => Promise<T>;

/** Makes concurrent callers share calls. @param flights the calls in flight by key, for who looks at them. */
export function createSingleFlight<T>(flights = new Map<string, Promise<T>>()): SingleFlight<T> {
  return (key, act) => {
    const known = flights.get(key);
    if (known) return known;
    const flight = act().finally(() => flights.delete(key));
    flights.set(key, flight);
    return flight;
  };
}
