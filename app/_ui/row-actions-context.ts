"use client";
import type { LucideIcon } from "lucide-react";
import { createContext, useContext } from "react";
import type { ActionRow, BulkJob } from "./use-bulk-job.ts";

/** What can be done with rows of a list: in the menu of each row, and in the bar for those that are selected. */
export type RowAction<R extends ActionRow> = {
  label: string;
  icon: LucideIcon;
  isDestructive?: boolean;
  /** Whether a row offers it; each does if left out. */
  applies?: (row: R) => boolean;
} & (
  | { /** Where it leads; for one row. */ href: (row: R) => string }
  | { /** Left out of the bar for several rows. */ isForOne?: boolean; onSelect: (rows: R[]) => void }
);

export type Noun = { one: string; many: string };

// Rows of any kind: what reads the context hands a row to the actions that came with it.
export type AnyAction = RowAction<ActionRow>;
type State = {
  rows: ActionRow[];
  actions: AnyAction[];
  noun: Noun;
  selected: ActionRow[];
  job: BulkJob | null;
  setSelected: (ids: string[], isSelected: boolean) => void;
  dismiss: () => void;
};

export const RowActionsContext = createContext<State | null>(null);

/** The selection and actions of the list around it. */
export function useRowActions(): State {
  const state = useContext(RowActionsContext);
  if (!state) throw new Error("a table with actions needs RowActions around it");
  return state;
}

/** What the actions offer for a row. */
export function actionsFor(actions: AnyAction[], row: ActionRow): AnyAction[] {
  return actions.filter(({ applies }) => !applies || applies(row));
}
