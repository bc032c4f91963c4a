"use client";
import type { ComponentProps } from "react";
import { NodePicker } from "./node-picker.tsx";

type Props = Omit<ComponentProps<typeof NodePicker>, "action" | "value" | "onChange" | "initial" | "extra"> & {
  /** null = all nodes. */
  nodeId: string | null;
  /** Of the node that is chosen at first. */
  nodeName?: string | null;
  onChange: (nodeId: string | null) => void;
};

const everywhere = { value: "all", label: "All nodes" };

/** Picks a node, found by typing, or all nodes. */
export function NodeField({ nodeId, nodeName, onChange, ...field }: Props) {
  return (
    <NodePicker
      {...field}
      action="nodes.read"
      value={nodeId ?? everywhere.value}
      initial={nodeId && nodeName ? [{ value: nodeId, label: nodeName }] : []}
      extra={[everywhere]}
      // Nothing chosen would mean nothing here; the last choice stays.
      onChange={(value) => value !== null && onChange(value === everywhere.value ? null : value)}
    />
  );
}
