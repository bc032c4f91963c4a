"use client";
import { Button, SegmentedControl } from "@mantine/core";
import { useTransition } from "react";
import { type Option, SearchSelect } from "#app/_ui/search-select.tsx";
import { TimeFilter } from "#app/_ui/time-filter.tsx";
import { toOptions } from "#app/_ui/to-options.ts";
import { useUrlChange } from "#app/_ui/use-url-change.ts";
import { type Range, ranges } from "#lib/oversight/dashboards/span.ts";
import { findDashboardNodes } from "../actions.ts";
import { rangeWords } from "./words.ts";

type Props = {
  nodeId: string | null;
  node: Option[];
  mayClear: boolean;
  range: Range;
  since?: string;
  until?: string;
  /** Where the span begins that is shown now: a span of one's own starts from it. */
  shownSince: string;
};

/** Which node, and which time; both live in the URL. */
export function ScopeBar({ nodeId, node, mayClear, range, since, until, shownSince }: Props) {
  const changeUrl = useUrlChange();
  const [isPending, startTransition] = useTransition();
  const apply = (changes: Record<string, string | null>) => startTransition(() => changeUrl(changes));
  return (
    <search className="wall-hidden mb-4 grid gap-3 print:hidden" aria-busy={isPending}>
      <div className="flex flex-wrap items-end gap-3">
        <SearchSelect
          className="w-full sm:w-72"
          label="Node"
          placeholder="All nodes"
          find={findDashboardNodes}
          initial={node}
          value={nodeId}
          onChange={(value) => apply({ nodeId: value })}
          clearable={mayClear}
        />
        <div className="grid gap-1">
          <span id="range-label" className="text-sm font-semibold">
            Time
          </span>
          <SegmentedControl
            aria-labelledby="range-label"
            className="w-full sm:w-auto"
            classNames={{ label: "px-1 text-xs sm:px-2.5 sm:text-sm" }}
            value={range}
            data={toOptions(rangeWords, ranges)}
            onChange={(value) =>
              apply(
                value === "custom"
                  ? { range: value, since: shownSince }
                  : { range: value === "24h" ? null : value, since: null, until: null },
              )
            }
          />
        </div>
        {isPending && <span className="text-sm text-dimmed">Loading…</span>}
      </div>
      {range === "custom" && (
        <TimeFilter from={since} to={until} names={{ from: "since", to: "until" }} hasSpans={false} />
      )}
    </search>
  );
}

/** Prints the page as it is. */
export function PrintButton() {
  return (
    <Button variant="default" className="wall-hidden" onClick={() => window.print()}>
      Print
    </Button>
  );
}
