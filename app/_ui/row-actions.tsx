"use client";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { BulkDock } from "./bulk-dock.tsx";
import { type AnyAction, type Noun, type RowAction, RowActionsContext } from "./row-actions-context.ts";
import { type ActionRow, type BulkRun, useBulkJob } from "./use-bulk-job.ts";

type Props<R extends ActionRow> = {
  rows: R[];
  noun: Noun;
  /** Makes the actions; `run` starts one for several rows. */
  actions: (run: <T>(job: BulkRun<T>) => void) => RowAction<R>[];
  children: ReactNode;
};

/** Lets users select rows of the table inside, and act on one or several of them. */
export function RowActions<R extends ActionRow>({ rows, noun, actions: makeActions, children }: Props<R>) {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const list = useRef<HTMLDivElement>(null);
  useRowClicks(list);
  const setSelected = (changed: string[], isSelected: boolean) =>
    setIds((before) => {
      const next = new Set(before);
      for (const id of changed) {
        if (isSelected) next.add(id);
        else next.delete(id);
      }
      return next;
    });
  const { job, run, dismiss } = useBulkJob((done) => setSelected(done, false));
  const actions = makeActions((next) => {
    if (!job?.isRunning) void run(next);
  }) as AnyAction[];
  // The one selected last comes last.
  const selected = [...ids].flatMap((id) => rows.find((row) => row.id === id) ?? []);
  return (
    <RowActionsContext value={{ rows, actions, noun, selected, job, setSelected, dismiss }}>
      <div ref={list}>{children}</div>
      <BulkDock />
    </RowActionsContext>
  );
}

/** A click anywhere on a row selects it, for the mouse alone; keyboards have the checkboxes. */
function useRowClicks(list: React.RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const box = list.current;
    const onClick = (event: MouseEvent) => {
      const target = event.target as HTMLElement;
      if (target.closest("a, button, input, label, summary, [role=menu]") || getSelection()?.isCollapsed === false)
        return;
      target.closest("tr")?.querySelector<HTMLInputElement>(".row-select")?.click();
    };
    box?.addEventListener("click", onClick);
    return () => box?.removeEventListener("click", onClick);
  }, [list]);
}
