"use client";
import { Loader, Select } from "@mantine/core";
import { type ReactNode, type Ref, useEffect, useRef, useState } from "react";
import type { ActionResult } from "#lib/web/action-result.ts";
import { callAction } from "./call-action.ts";

/** One thing to pick. */
export type Option = { value: string; label: string };

/** A server action that finds what fits a text, with the chosen ones among it whatever the text. */
export type FindOptions = (input: { q: string; include: string[] }) => Promise<ActionResult<Option[]>>;

type Props = {
  label?: string;
  /** Replaces a visible label. */
  "aria-label"?: string;
  description?: ReactNode;
  find: FindOptions;
  value: string | null;
  onChange: (value: string | null, label: string) => void;
  onBlur?: () => void;
  /** For react-hook-form, which focuses the first wrong field. */
  ref?: Ref<HTMLInputElement>;
  /** Known from the start, such as the chosen one, so that its label shows at once. */
  initial?: Option[];
  /** Always offered, before what is found. */
  extra?: Option[];
  /** Found options that make no sense here. */
  isExcluded?: (value: string) => boolean;
  error?: string;
  required?: boolean;
  clearable?: boolean;
  placeholder?: string;
  nothingFound?: string;
  className?: string;
};

const debounceMs = 200;

/** Picks one of many by typing a part of its name; the server searches. */
export function SearchSelect({ find, value, initial = [], extra = [], isExcluded, nothingFound, ...field }: Props) {
  const [found, setFound] = useState<{ q: string; options: Option[] } | null>(null);
  const known = [...extra, ...(found?.options ?? initial)];
  const [text, setText] = useState(known.find((option) => option.value === value)?.label ?? "");
  const [isOpen, setOpen] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const round = useRef(0);
  // The field shows the label of what is chosen; that is no search.
  const q = known.some((option) => option.value === value && option.label === text) ? "" : text;
  const included = value && !extra.some((option) => option.value === value) ? value : "";
  const isWanted = isOpen || (value !== null && value !== "" && !known.some((option) => option.value === value));

  useEffect(() => {
    if (!isWanted) return;
    const mine = ++round.current;
    const look = async () => {
      const result = await callAction(find, { q, include: included ? [included] : [] });
      if (mine !== round.current) return;
      setFailure(result.ok ? null : result.error.message);
      if (result.ok) setFound({ q, options: result.value });
    };
    const timer = setTimeout(look, q === "" ? 0 : debounceMs);
    return () => clearTimeout(timer);
  }, [find, q, included, isWanted]);

  // What was found for another text is narrowed here until the server answers, so that no option moves under the pointer.
  const isLoading = isOpen && failure === null && found?.q !== q;
  const wanted = q.trim().toLowerCase();
  return (
    <Select
      {...field}
      placeholder={field.placeholder ?? "Type to search"}
      error={field.error ?? failure}
      data={known.filter((option) => !isExcluded?.(option.value))}
      value={value || null}
      onChange={(next, option) => field.onChange(next, option?.label ?? "")}
      searchable
      searchValue={text}
      onSearchChange={setText}
      onDropdownOpen={() => setOpen(true)}
      onDropdownClose={() => setOpen(false)}
      filter={({ options: all }) =>
        isLoading ? all.filter((option) => "label" in option && option.label.toLowerCase().includes(wanted)) : all
      }
      maxDropdownHeight={280}
      nothingFoundMessage={isLoading ? "Loading…" : (nothingFound ?? "Nothing fits")}
      rightSection={isLoading ? <Loader size="xs" aria-hidden /> : undefined}
      clearButtonProps={{ "aria-label": `Clear ${field.label ?? field["aria-label"]}` }}
    />
  );
}
