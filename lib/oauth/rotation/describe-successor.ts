import type { Successor } from "#lib/oauth/credentials/rotation-model.ts";

/** How the test of a successor went. */
export const testWords = { passed: "tested", failed: "its test failed", none: "not tested yet" } as const;

/** When a successor ends: its last day (UTC), which still counts. */
export function endWords({ endsAt }: Pick<Successor, "endsAt">): string {
  return endsAt === null ? "no end noted" : `ends ${new Date(Date.parse(endsAt) - 1).toISOString().slice(0, 10)}`;
}

/** A successor in a line: `Successor staged: client secret, ends 2027-11-30, tested`. */
export function describeSuccessor(successor: Successor): string {
  return `Successor staged: ${successor.what}, ${endWords(successor)}, ${testWords[successor.test]}`;
}
