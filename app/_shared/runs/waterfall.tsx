import { formatDuration } from "#app/_ui/format-time.ts";
import type { RunTiming } from "#lib/delivery/runs/model.ts";
import { phaseWords } from "./words.ts";

type Props = {
  timing: RunTiming;
  /** How long the run waited in a queue before, in milliseconds; 0 if it didn't. */
  queueMs: number;
};

type Bar = { name: string; startMs: number; durationMs: number; shownMs: number };

/** How long each measured phase of a request took, as bars on one time axis. */
export function Waterfall({ timing, queueMs }: Props) {
  const end = Math.max(1, ...timing.map(({ startMs, durationMs }) => startMs + durationMs));
  // A long wait would leave nothing to see of the rest.
  const shownQueueMs = Math.min(queueMs, end);
  const bars: Bar[] = [
    ...(queueMs > 0 ? [{ name: "Queue", startMs: 0, durationMs: queueMs, shownMs: shownQueueMs }] : []),
    ...timing.map(({ name, startMs, durationMs }) => ({
      name: phaseWords[name],
      startMs: startMs + shownQueueMs,
      durationMs,
      shownMs: durationMs,
    })),
  ];
  const isReused = !timing.some(({ name }) => name === "connect" || name === "proxy" || name === "lookup");
  const isSent = timing.some(({ name }) => name === "first_byte");
  return (
    <>
      <table className="waterfall">
        <caption className="sr-only">Timing</caption>
        <thead className="sr-only">
          <tr>
            <th scope="col">Phase</th>
            <th scope="col">Share of the time</th>
            <th scope="col">Duration</th>
          </tr>
        </thead>
        <tbody>
          {bars.map((bar, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a redirected request repeats its phases, and the list never changes.
            <tr key={index}>
              <th scope="row">{bar.name}</th>
              <td>
                <div className="waterfall-bar" aria-hidden data-cut={bar.shownMs < bar.durationMs || undefined}>
                  <div style={placeBar(bar, end + shownQueueMs)} />
                </div>
              </td>
              <td>{formatPhase(bar.durationMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {isSent && isReused && <p className="m-0 mt-2 text-sm text-dimmed">An open connection was reused.</p>}
      {shownQueueMs < queueMs && (
        <p className="m-0 mt-2 text-sm text-dimmed">The bar of the queue is shortened to the length of the request.</p>
      )}
    </>
  );
}

function placeBar({ startMs, shownMs }: Bar, whole: number) {
  return { marginInlineStart: `${(startMs / whole) * 100}%`, width: `${(shownMs / whole) * 100}%` };
}

function formatPhase(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : formatDuration(ms);
}
