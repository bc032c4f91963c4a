import { createSingleFlight } from "#lib/platform/background/single-flight.ts";
import { singleton } from "#lib/platform/env/singleton.ts";
import { cachesAreCurrent, onChanges } from "./changes.ts";

/**
 * Keeps what `read` finds until configuration changes in any process. Concurrent callers share a read, unless a change came between.
 * @param name of the cache in this process.
 * @param read throws, or finds null, for what isn't there; that isn't kept.
 * @returns reads by key: from memory, then without a promise, while the process follows changes (`watchChanges`).
 */
export function createChangeCache<T>(name: string, read: (key: string) => Promise<T>): (key: string) => T | Promise<T> {
  const getState = () =>
    singleton(name, () => {
      const made = { kept: new Map<string, T>(), changes: 0, flight: createSingleFlight<T>() };
      onChanges(() => {
        made.kept.clear();
        made.changes += 1;
      });
      return made;
    });
  return (key) => {
    if (!cachesAreCurrent()) return read(key);
    const state = getState();
    const known = state.kept.get(key);
    if (known !== undefined) return known;
    const { changes } = state;
    return state.flight(`${changes} ${key}`, async () => {
      const found = await read(key);
      // What was read before a change must not be kept after it.
      if (found !== null && changes === state.changes) state.kept.set(key, found);
      return found;
    });
  };
}
