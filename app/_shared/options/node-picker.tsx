"use client";
import { type ComponentProps, useCallback } from "react";
import { type FindOptions, SearchSelect } from "#app/_ui/search-select.tsx";
import { findNodes } from "./actions.ts";
import type { NodeAction } from "./find-options.ts";

type Props = Omit<ComponentProps<typeof SearchSelect>, "find" | "nothingFound"> & {
  /** What the user wants to do there; only nodes where that is allowed are offered. */
  action: NodeAction;
};

/** Picks a node by typing a part of its name; shows the path to each. Works with thousands of nodes. */
export function NodePicker({ action, ...field }: Props) {
  const find: FindOptions = useCallback((input) => findNodes({ action, ...input }), [action]);
  return <SearchSelect {...field} find={find} nothingFound="No node fits" />;
}
