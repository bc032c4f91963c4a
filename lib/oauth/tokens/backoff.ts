const second = 1000;
/** Waits are spread by up to this part of them. */
const spread = 0.2;
const permanent = { first: 60 * second, most: 1800 * second };
const passing = { first: 1 * second, most: 60 * second };

/**
 * How long nobody asks the provider after a failure: 60 s doubling to 30 min when it refused, 1 s doubling to a minute
 * when it can't answer, never less than it asked for itself. Spread by up to a fifth, within these bounds, so that many
 * credentials of one provider do not come back at the same moment.
 * @param failures in a row, this one included.
 * @param retryAfterMs what the provider asked for, null when it did not.
 * @param random from 0 to 1.
 * @returns milliseconds
 */
export function computeBackoff(
  kind: "permanent" | "transient",
  failures: number,
  retryAfterMs: number | null,
  random: number,
): number {
  const { first, most } = kind === "permanent" ? permanent : passing;
  const base = Math.min(first * 2 ** Math.min(Math.max(failures, 1) - 1, 20), most / (1 + spread));
  const wait = Math.max(base, retryAfterMs ?? 0);
  return Math.round(wait * (1 + spread * random));
}
