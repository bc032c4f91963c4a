import type { IssuedToken, TokenSubject } from "../model.ts";

/** A token in the memory of this process. Times in milliseconds. */
export type Remembered = {
  token: IssuedToken;
  scope: string;
  renewAt: number;
  usableUntil: number;
};

/** Tokens kept at once, some kilobytes each; the one that came longest ago gives way, and is read from the database again. */
const mostEntries = 20_000;

export type TokenMemory = {
  /** What is remembered for just this version and scope. */
  find(subject: TokenSubject): Remembered | undefined;
  /** Whether anything is remembered of a credential. */
  knows(credentialId: string): boolean;
  /** Remembers; an older version never takes the place of a newer one. */
  keep(entry: Remembered): void;
  /** Forgets one generation of the token of a version. */
  forget(subject: TokenSubject, generation: number): void;
  clear(): void;
};

/** One token per credential, by id; looked up on the path of every run, so it is a Map and three comparisons. */
export function createTokenMemory(): TokenMemory {
  const entries = new Map<string, Remembered>();
  return {
    find(subject) {
      const entry = entries.get(subject.id);
      return entry && entry.token.credentialVersion === subject.version && entry.scope === subject.scope
        ? entry
        : undefined;
    },
    knows: (credentialId) => entries.has(credentialId),
    keep(entry) {
      const known = entries.get(entry.token.credentialId);
      if (known && known.token.credentialVersion > entry.token.credentialVersion) return;
      // Anew, so that the one that was renewed longest ago comes first.
      entries.delete(entry.token.credentialId);
      entries.set(entry.token.credentialId, entry);
      const [oldest] = entries.keys();
      if (entries.size > mostEntries && oldest !== undefined) entries.delete(oldest);
    },
    forget(subject, generation) {
      if (this.find(subject)?.token.generation === generation) entries.delete(subject.id);
    },
    clear: () => entries.clear(),
  };
}
