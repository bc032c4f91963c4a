import { formatDuration } from "./format-time.ts";

/** A length of time in ms, as people read it; null shows a dash with a name. */
export function Duration({ ms }: { ms: number | null }) {
  if (ms === null) return <span className="text-dimmed">not finished</span>;
  return (
    <span className="tabular-nums whitespace-nowrap" title={`${ms} ms`}>
      {formatDuration(ms)}
    </span>
  );
}
