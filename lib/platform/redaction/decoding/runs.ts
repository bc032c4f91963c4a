/** What a run of base64 or hex decodes to, each byte a character, and where its bytes are in the text. */
export type DecodedRun = { text: string; locate: (from: number, to: number) => [from: number, to: number] };

/** Decodes all runs that are long enough for a part of a secret, from each character that may be the first one. */
export function* decodeRuns(text: string): Generator<DecodedRun> {
  for (const { 0: run, index } of text.matchAll(/[A-Za-z0-9+/_-]{11,}/g)) {
    for (let skipped = 0; skipped < 4; skipped++) {
      const start = index + skipped;
      yield {
        text: Buffer.from(run.slice(skipped), "base64").toString("latin1"),
        locate: (from, to) => [start + Math.floor((from * 4) / 3), start + Math.ceil((to * 4) / 3)],
      };
    }
  }
  for (const { 0: run, index } of text.matchAll(/[0-9A-Fa-f]{16,}/g)) {
    for (let skipped = 0; skipped < 2; skipped++) {
      const start = index + skipped;
      yield {
        text: Buffer.from(run.slice(skipped), "hex").toString("latin1"),
        locate: (from, to) => [start + from * 2, start + to * 2],
      };
    }
  }
}
