/** What all runs of base64 or hex decode to, each byte a character, and where its bytes are in the text. */
export type DecodedRuns = { text: string; locate: (from: number, to: number) => [from: number, to: number] };

type Run = { start: number; text: string };
type Encoding = { name: "base64" | "hex"; pattern: RegExp; skips: number; chars: number; bytes: number; zero: string };

/** `chars` are decoded to `bytes`. Runs are long enough for a part of a secret, and `skips` characters may be the first one. */
const encodings: Encoding[] = [
  { name: "base64", pattern: /[A-Za-z0-9+/_-]{11,}/g, skips: 4, chars: 4, bytes: 3, zero: "A" },
  { name: "hex", pattern: /[0-9A-Fa-f]{16,}/g, skips: 2, chars: 2, bytes: 1, zero: "0" },
];

/** Decodes all runs together, which is many times as fast as one by one, from each character that may be the first one. */
export function* decodeRuns(text: string): Generator<DecodedRuns> {
  for (const encoding of encodings) {
    const runs = [...text.matchAll(encoding.pattern)].map(({ 0: run, index }): Run => ({ start: index, text: run }));
    if (runs.length === 0) continue;
    for (let skipped = 0; skipped < encoding.skips; skipped++) yield decode(runs, encoding, skipped);
  }
}

/** Zeros between the runs keep a match from reaching from one into the next. */
function decode(runs: readonly Run[], { name, chars, bytes, zero }: Encoding, skipped: number): DecodedRuns {
  const gap = zero.repeat(chars * 3);
  const starts = new Uint32Array(runs.length);
  let encoded = "";
  for (const [index, { text }] of runs.entries()) {
    starts[index] = (encoded.length / chars) * bytes;
    const run = skipped === 0 ? text : text.slice(skipped);
    encoded += run + zero.repeat((chars - (run.length % chars)) % chars) + gap;
  }
  const locate: DecodedRuns["locate"] = (from, to) => {
    const index = findLast(starts, from);
    const { start, text } = runs[index]!;
    const at = (offset: number) => ((offset - starts[index]!) * chars) / bytes;
    const end = start + text.length;
    return [Math.min(end, start + skipped + Math.floor(at(from))), Math.min(end, start + skipped + Math.ceil(at(to)))];
  };
  return { text: Buffer.from(encoded, name).toString("latin1"), locate };
}

/** The last of sorted numbers that isn't greater than another one. */
function findLast(sorted: Uint32Array, value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (sorted[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
