"use client";
import { BarChart } from "@mantine/charts";
import { useClock } from "#app/_ui/clock.tsx";
import { formatInstant } from "#app/_ui/format-time.ts";
import { formatCount } from "./number-link.tsx";

export type Step = { at: string; succeeded: number; failed: number; other?: number };

const looks = {
  succeeded: { label: "Succeeded", color: "var(--chart-ok)" },
  failed: { label: "Failed", color: "var(--chart-bad)" },
  other: { label: "Not finished", color: "var(--chart-muted)" },
};
type Name = keyof typeof looks;

/** The labels of the axes grow with the type of the page, as on a wall screen. */
const tickStyle = { fontSize: "0.75rem" };

type Props = { caption: string; steps: Step[]; stepMs: number };

/**
 * Outcomes over time as stacked bars. The drawing is for the eye; the same numbers stand in a table below it, which opens.
 * Its height is kept free until it is drawn.
 */
export function OutcomeChart({ caption, steps, stepMs }: Props) {
  const { timeZone } = useClock();
  const isDaily = stepMs >= 86_400_000;
  const label = (at: string) =>
    isDaily ? at.slice(0, 10) : formatInstant(Date.parse(at), timeZone, "minute").slice(stepMs < 3_600_000 ? 11 : 5);
  const names: Name[] = steps.some(({ other = 0 }) => other > 0)
    ? ["succeeded", "failed", "other"]
    : ["succeeded", "failed"];
  const filled = steps.filter((step) => names.some((name) => (step[name] ?? 0) > 0));
  return (
    <div>
      <div aria-hidden className="relative h-56 print:h-44" data-chart>
        {filled.length === 0 && (
          <span className="absolute inset-x-0 top-16 z-1 text-center text-sm text-dimmed">Nothing in this time</span>
        )}
        <BarChart
          h="100%"
          data={steps.map((step) => ({ ...step, when: label(step.at) }))}
          dataKey="when"
          type="stacked"
          withLegend
          legendProps={{ verticalAlign: "bottom" }}
          series={names.map((name) => ({ name, ...looks[name] }))}
          valueFormatter={formatCount}
          barProps={{ isAnimationActive: false }}
          tooltipAnimationDuration={0}
          barChartProps={{ accessibilityLayer: false }}
          xAxisProps={{ interval: "equidistantPreserveStart", style: tickStyle }}
          yAxisProps={{ width: 48, allowDecimals: false, style: tickStyle }}
        />
      </div>
      <details className="wall-hidden mt-2 text-sm print:hidden">
        <summary className="cursor-pointer text-link">{caption}: show as a table</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard. */}
        <section className="mt-2 max-h-80 overflow-auto" tabIndex={0} aria-label={caption}>
          <table className="plain-table">
            <caption className="sr-only">{caption}</caption>
            <thead>
              <tr>
                <th scope="col">{isDaily ? "Day (UTC)" : "From"}</th>
                {names.map((name) => (
                  <th key={name} scope="col" className="text-end">
                    {looks[name].label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {filled.map((step) => (
                <tr key={step.at}>
                  <th scope="row" className="whitespace-nowrap font-normal">
                    {isDaily ? step.at.slice(0, 10) : formatInstant(Date.parse(step.at), timeZone, "minute")}
                  </th>
                  {names.map((name) => (
                    <td key={name} className="text-end tabular-nums">
                      {formatCount(step[name] ?? 0)}
                    </td>
                  ))}
                </tr>
              ))}
              {filled.length === 0 && (
                <tr>
                  <td colSpan={names.length + 1}>Nothing in this time.</td>
                </tr>
              )}
            </tbody>
          </table>
        </section>
      </details>
    </div>
  );
}
