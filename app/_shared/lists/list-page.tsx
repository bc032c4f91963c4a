import type { ReactNode } from "react";
import type { z } from "zod";
import { type Column, DataTable } from "#app/_ui/data-table.tsx";
import { EmptyState, type EmptyText } from "#app/_ui/empty-state.tsx";
import { FilterBar } from "#app/_ui/filter-bar.tsx";
import { PageHeader, type PageHeading } from "#app/_ui/page-header.tsx";
import { TimeFilter } from "#app/_ui/time-filter.tsx";
import { firstValues, type SearchParams } from "#app/_ui/url.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import { runPage } from "#lib/web/action.ts";
import { readQuery } from "#lib/web/read-query.ts";
import { type ListFilter, resolveFilters } from "./list-filter.ts";
import { type ListOf, readFrom } from "./read-from.ts";

/** What a table needs to know of a list that was read. */
export type ShownList<T> = {
  rows: T[];
  nextCursor: string | null;
  path: string;
  params: SearchParams;
  sort: string | undefined;
  /** Whether rows can be missing because of what the URL asks for. */
  isFiltered: boolean;
};

type Table<T> = {
  caption: string;
  columns: Column<T>[];
  /** Shown without any rows, and when none fit the filters. */
  empty: EmptyText;
  noMatch?: EmptyText;
  /** As of DataTable; `withActions` puts RowActions around the table. */
  rowActions?: { isSelectable: boolean };
  withActions?: (rows: T[], table: ReactNode) => ReactNode;
};

type View<T> = PageHeading & {
  /** Label of the search field. */
  search?: string;
  filters?: ListFilter[];
  /** Names of two parameters that bound the time. */
  times?: [from: string, to: string];
  /** Between the filters and the table. */
  note?: ReactNode;
  /** A table, or what shows the rows otherwise. */
  table: Table<T> | ((list: ShownList<T>) => ReactNode);
  /** Puts the list among what else is on the page. */
  wrap?: (list: ReactNode) => ReactNode;
};

type Definition<S extends z.ZodObject, T> = {
  path: string;
  /** What the list accepts; all of it is in the URL, so that a link shows the same rows. */
  schema: S;
  list: ListOf<z.output<S>, T>;
  view: (ctx: Context, query: z.output<S>, params: SearchParams) => View<T> | Promise<View<T>>;
};

/** Makes a page that is a list: heading, filters, and a table with its sort orders, pages and empty texts. */
export function listPage<S extends z.ZodObject, T extends { id: string }>(definition: Definition<S, T>) {
  return ({ searchParams }: { searchParams: Promise<SearchParams> }) => renderList(definition, searchParams);
}

async function renderList<S extends z.ZodObject, T extends { id: string }>(
  { path, schema, list, view }: Definition<S, T>,
  searchParams: Promise<SearchParams>,
) {
  const params = await searchParams;
  const query: Record<string, unknown> & z.output<S> = readQuery(schema, firstValues(params));
  const [page, shown] = await runPage((ctx) =>
    Promise.all([
      readFrom(list, ctx, query),
      Promise.resolve(view(ctx, query, params)).then(async (shown) => ({
        ...shown,
        filters: await resolveFilters(shown.filters ?? [], query),
      })),
    ]),
  );
  const { search, filters, times, note, table, wrap, ...heading } = shown;
  const state: ShownList<T> = {
    rows: page.items,
    nextCursor: page.nextCursor,
    path,
    params,
    sort: query.sort as string | undefined,
    isFiltered: Object.keys(query).some((name) => !["sort", "limit"].includes(name) && params[name]),
  };
  const body = (
    <>
      {(search || filters.length > 0) && <FilterBar searchLabel={search} filters={filters} />}
      {times && <TimeFilter {...boundsOf(times, query)} />}
      {note}
      {typeof table === "function" ? table(state) : <ListTable {...table} list={state} />}
    </>
  );
  return (
    <>
      <PageHeader {...heading} />
      {wrap ? wrap(body) : body}
    </>
  );
}

function boundsOf([from, to]: [string, string], query: Record<string, unknown>) {
  return { from: query[from] as string | undefined, to: query[to] as string | undefined, names: { from, to } };
}

function ListTable<T extends { id: string }>({
  list,
  empty,
  noMatch = empty,
  withActions = (_, table) => table,
  ...table
}: Table<T> & { list: ShownList<T> }) {
  const { isFiltered, ...rest } = list;
  return withActions(
    list.rows,
    <DataTable
      {...table}
      {...rest}
      rowKey={({ id }) => id}
      empty={<EmptyState {...(isFiltered ? noMatch : empty)} />}
    />,
  );
}
