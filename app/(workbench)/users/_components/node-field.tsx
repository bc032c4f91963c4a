"use client";
import { SearchSelect } from "#app/_ui/search-select.tsx";
import { findGrantNodes } from "../actions.ts";
import { everywhere } from "./everywhere.ts";

type Props = {
  label: string;
  /** null = all nodes. */
  nodeId: string | null;
  /** Of the node that is chosen at first. */
  nodeName: string | null;
  onChange: (nodeId: string | null) => void;
  error?: string;
  className?: string;
};

/** Picks a node, found by typing, or all nodes. */
export function NodeField({ nodeId, nodeName, onChange, ...field }: Props) {
  const chosen = nodeId !== null && nodeName !== null ? [{ value: nodeId, label: nodeName }] : [];
  return (
    <SearchSelect
      {...field}
      find={findGrantNodes}
      value={nodeId ?? everywhere.value}
      initial={[everywhere, ...chosen]}
      // Nothing chosen would mean nothing here; the last choice stays.
      onChange={(value) => value !== null && onChange(value === everywhere.value ? null : value)}
      nothingFound="No such node"
    />
  );
}
