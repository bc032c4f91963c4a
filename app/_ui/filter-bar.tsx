"use client";
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { SearchIcon, XIcon } from "lucide-react";
import { useSearchParams } from "next/navigation";
import { useEffect, useRef, useState, useTransition } from "react";
import { type FindOptions, type Option, SearchSelect } from "./search-select.tsx";
import { useUrlChange } from "./use-url-change.ts";

/** A choice of a few, or one of many that is found by typing. */
export type Filter = { name: string; label: string } & (
  | {
      options: Option[];
      /** What the list shows without a choice, when that isn't everything. */
      allLabel?: string;
    }
  | {
      find: FindOptions;
      /** The chosen one, so that its label shows at once. */
      initial: Option[];
    }
);

type Props = {
  /** Label of the search field; none = no search. */
  searchLabel?: string;
  searchName?: string;
  filters?: Filter[];
};

const debounceMs = 250;

/**
 * Search and choices of a list, kept in the URL, so that a link shows the same rows. Typing waits 250 ms; a change goes
 * back to the first page. Without JavaScript the form still submits.
 */
export function FilterBar({ searchLabel, searchName = "q", filters = [] }: Props) {
  const changeUrl = useUrlChange();
  const params = useSearchParams();
  const [isPending, startTransition] = useTransition();
  const inUrl = params.get(searchName) ?? "";
  const [text, setText] = useState(inUrl);
  const sent = useRef(inUrl);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  // Back, forward and links change the URL under us: follow, but never overwrite what is being typed.
  useEffect(() => {
    if (inUrl === sent.current) return;
    sent.current = inUrl;
    setText(inUrl);
  }, [inUrl]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const apply = (changes: Record<string, string>) => {
    if (searchName in changes) sent.current = changes[searchName] ?? "";
    startTransition(() => changeUrl(changes));
  };
  const search = (value: string, wait: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => apply({ [searchName]: value.trim() }), wait);
  };
  const names = [searchName, ...filters.map((filter) => filter.name)];
  const isFiltered = text !== "" || names.some((name) => params.get(name));
  const clear = () => {
    clearTimeout(timer.current);
    setText("");
    apply(Object.fromEntries(names.map((name) => [name, ""])));
  };

  return (
    <search className="mb-3 print:hidden">
      <form
        className="flex flex-wrap items-end gap-3"
        aria-busy={isPending}
        onSubmit={(event) => {
          event.preventDefault();
          search(text, 0);
        }}
      >
        {searchLabel && (
          <TextInput
            className="w-full sm:w-72"
            type="search"
            name={searchName}
            label={searchLabel}
            autoComplete="off"
            leftSection={<SearchIcon size={16} aria-hidden />}
            value={text}
            onChange={(event) => {
              setText(event.currentTarget.value);
              search(event.currentTarget.value, debounceMs);
            }}
          />
        )}
        {filters.map((filter) =>
          "find" in filter ? (
            <SearchSelect
              key={filter.name}
              className="min-w-32 basis-32 grow sm:w-48 sm:basis-auto sm:grow-0"
              label={filter.label}
              placeholder="All"
              find={filter.find}
              initial={filter.initial}
              value={params.get(filter.name)}
              onChange={(value) => apply({ [filter.name]: value ?? "" })}
              clearable
            />
          ) : (
            <NativeSelect
              key={filter.name}
              className="min-w-32 basis-32 grow sm:basis-auto sm:grow-0"
              name={filter.name}
              label={filter.label}
              data={[{ value: "", label: filter.allLabel ?? "All" }, ...filter.options]}
              value={params.get(filter.name) ?? ""}
              onChange={(event) => apply({ [filter.name]: event.currentTarget.value })}
            />
          ),
        )}
        {isFiltered && (
          <Button variant="subtle" leftSection={<XIcon size={16} aria-hidden />} onClick={clear}>
            Clear all
          </Button>
        )}
      </form>
    </search>
  );
}
