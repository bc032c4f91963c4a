/** Calls `act` unless a call for the same key is in flight: then the caller shares that one. */
export type SingleFlight<T> = (key: string, act: () => Promise<T>) => Promise<T>;

/** Makes concurrent callers share calls. */
export function createSingleFlight<T>(): SingleFlight<T> {
  const flights = new Map<string, Promise<T>>();
  return (key, act) => {
    const known = flights.get(key);
    if (known) return known;
    const flight = act().finally(() => flights.delete(key));
    flights.set(key, flight);
    return flight;
  };
}
