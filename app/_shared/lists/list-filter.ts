import type { Filter } from "#app/_ui/filter-bar.tsx";
import type { FindOptions, Option } from "#app/_ui/search-select.tsx";

type SearchFilter = {
  name: string;
  label: string;
  find: FindOptions;
  /** Finds the option that the URL names, so that its label shows immediately. */
  findChosen: (value: string) => Promise<Option[]>;
};

/** A filter of a list. What is falsy is left out, such as a filter for some users only. */
export type ListFilter = SearchFilter | Extract<Filter, { options: Option[] }> | false | "" | undefined;

/** Reads the chosen options of the filters that search. */
export function resolveFilters(filters: ListFilter[], query: Record<string, unknown>): Promise<Filter[]> {
  const shown = filters.filter((filter) => !!filter);
  return Promise.all(
    shown.map(async (filter) => {
      if (!("find" in filter)) return filter;
      const { findChosen, ...rest } = filter;
      const value = query[filter.name];
      return { ...rest, initial: value ? await findChosen(String(value)) : [] };
    }),
  );
}
