"use client";
import { type ComboboxParsedItem, Select } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { findGrantNodes } from "../actions.ts";

type Props = {
  label: string;
  /** null = all nodes. */
  nodeId: string | null;
  nodeName: string | null;
  onChange: (nodeId: string | null, nodeName: string | null) => void;
  error?: string;
  className?: string;
};

const everywhere = { value: "", label: "All nodes" };
const debounceMs = 200;

/** Picks a node, found by typing, or all nodes. */
export function NodeField({ label, nodeId, nodeName, onChange, error, className }: Props) {
  const [found, setFound] = useState<{ value: string; label: string }[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  const search = (q: string, wait = debounceMs) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(async () => {
      const result = await findGrantNodes({ q });
      if (result.ok) setFound(result.value.map((node) => ({ value: node.id, label: node.label })));
    }, wait);
  };
  const chosen = nodeId === null ? [] : [{ value: nodeId, label: nodeName ?? nodeId }];
  const options = [everywhere, ...chosen, ...found.filter((node) => node.value !== nodeId)];

  return (
    <Select
      className={className}
      label={label}
      data={options}
      value={nodeId ?? ""}
      onChange={(value, option) => onChange(value || null, value && option ? option.label : null)}
      searchable
      allowDeselect={false}
      filter={({ options: all, search: text }) =>
        text === (nodeName ?? everywhere.label) ? all : all.filter(fits(text))
      }
      onSearchChange={(q) => search(q === (nodeName ?? everywhere.label) ? "" : q)}
      onDropdownOpen={() => search("", 0)}
      nothingFoundMessage="No such node"
      error={error}
      withAsterisk={false}
    />
  );
}

/** The server finds nodes by name; what it found for an earlier text is sorted out here until its answer is there. */
function fits(text: string) {
  const wanted = text.split("/").at(-1)?.trim().toLowerCase() ?? "";
  return (option: ComboboxParsedItem) => !("label" in option) || option.label.toLowerCase().includes(wanted);
}
