"use client";
import { Loader, Select } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { callAction } from "#app/_ui/call-action.ts";
import { findNodes } from "../actions.ts";

type Option = { value: string; label: string };

type Props = {
  label?: string;
  /** In place of a label that can be seen. */
  "aria-label"?: string;
  className?: string;
  description?: string;
  /** What the person wants to do there; only nodes where that is allowed are offered. */
  action: "nodes.read" | "nodes.write" | "transports.write" | "triggers.write";
  value: string | null;
  onChange: (nodeId: string | null, label: string) => void;
  onBlur?: () => void;
  error?: string;
  required?: boolean;
  disabled?: boolean;
  /** Offered first, such as "Top of the tree". */
  extra?: Option[];
  /** Nodes that make no sense here. */
  isExcluded?: (nodeId: string) => boolean;
  clearable?: boolean;
};

const debounceMs = 200;

/** Picks a node by typing a part of its name; shows the way to each. Works with thousands of nodes. */
export function NodePicker({ action, value, onChange, extra = [], isExcluded, ...field }: Props) {
  const [text, setText] = useState("");
  const [options, setOptions] = useState<Option[] | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const round = useRef(0);
  const chosen = value !== null && !extra.some((option) => option.value === value) ? value : "";
  // The field shows the label of what is chosen; that is no search.
  const isShown = options?.some((option) => option.value === value && option.label === text);
  const q = isShown || extra.some((option) => option.label === text) ? "" : text;

  useEffect(() => {
    const mine = ++round.current;
    const timer = setTimeout(
      async () => {
        const result = await callAction(findNodes, { action, q, include: chosen ? [chosen] : [] });
        if (mine !== round.current) return;
        setFailure(result.ok ? null : result.error.message);
        if (result.ok) setOptions(result.value.map(({ id, label }) => ({ value: id, label })));
      },
      q === "" ? 0 : debounceMs,
    );
    return () => clearTimeout(timer);
  }, [action, q, chosen]);

  const isLoading = options === null;
  const data = [...extra, ...(options ?? []).filter((option) => !isExcluded?.(option.value))];
  return (
    <Select
      {...field}
      error={field.error ?? failure}
      data={data}
      value={value}
      onChange={(nodeId, option) => onChange(nodeId, option?.label ?? "")}
      searchable
      searchValue={text}
      onSearchChange={setText}
      // The server has searched already; what it found may match by the way to it.
      filter={({ options: all }) => all}
      maxDropdownHeight={280}
      nothingFoundMessage={isLoading ? "Loading…" : "No node fits"}
      rightSection={isLoading ? <Loader size="xs" aria-hidden /> : undefined}
      comboboxProps={{ withinPortal: true }}
      placeholder="Type to search"
    />
  );
}
