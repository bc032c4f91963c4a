import { ArrowDownIcon, ArrowUpIcon, ChevronsUpDownIcon } from "lucide-react";
import Link from "next/link";
import { type ReactNode, useId } from "react";
import { Pagination } from "./pagination.tsx";
import { RowMenu, SelectAll, SelectRow } from "./row-cells.tsx";
import { hrefWith, type SearchParams } from "./url.ts";

export type Column<T> = {
  key: string;
  header: string;
  render: (row: T) => ReactNode;
  /** Sort key of the list use-case; without one the column can't be sorted. */
  sort?: string;
  /** This cell names the row (`th scope=row`, title of the card on narrow screens). One column should. */
  isRowHeader?: boolean;
  align?: "start" | "end";
  /** Lets the cell take what room is left and wrap. */
  wide?: boolean;
};

type Props<T> = {
  /** Names the table; visually hidden unless `showCaption`. */
  caption: string;
  showCaption?: boolean;
  columns: Column<T>[];
  rows: readonly T[];
  rowKey: (row: T) => string;
  /** Where the list lives and its parameters now; links for sorting and pages are made from them. */
  path?: string;
  params?: SearchParams;
  /** Sort in force: `name` or `-name`. */
  sort?: string;
  nextCursor?: string | null;
  /** Shown instead of an empty table; say what to do. */
  empty: ReactNode;
  /** Each row has a menu, and a checkbox if it can be selected; needs RowActions around the table. */
  rowActions?: { isSelectable: boolean };
};

// Explicit roles: the narrow layout shows rows as cards by `display: block`, which takes the meaning of table elements
// away in some browsers.
const role = {
  table: { role: "table" },
  group: { role: "rowgroup" },
  row: { role: "row" },
  columnHeader: { role: "columnheader" },
  rowHeader: { role: "rowheader" },
  cell: { role: "cell" },
};

/**
 * A list as a table, rendered on the server (or inside a client component): wide screens scroll sideways in a focusable
 * region when they must, narrow ones show each row as a card.
 */
export function DataTable<T>(props: Props<T>) {
  const { caption, columns, rows, rowKey, path = "", params = {}, sort, nextCursor = null, rowActions } = props;
  const captionId = useId();
  if (rows.length === 0) {
    return (
      <div className="card">
        {props.empty}
        {params.cursor && <Pagination path={path} params={params} nextCursor={null} count={0} />}
      </div>
    );
  }
  return (
    <div className="card overflow-hidden">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1). */}
      <section className="data-table-scroll" aria-labelledby={captionId} tabIndex={0}>
        <table className="data-table" {...role.table}>
          <caption id={captionId} className={props.showCaption ? undefined : "sr-only"}>
            {caption}
          </caption>
          <thead {...role.group}>
            <tr {...role.row}>
              {rowActions?.isSelectable && (
                <th scope="col" className="data-table-select" {...role.columnHeader}>
                  <SelectAll />
                </th>
              )}
              {columns.map((column) => (
                <HeaderCell key={column.key} column={column} path={path} params={params} sort={sort} />
              ))}
              {rowActions && (
                <th scope="col" {...role.columnHeader}>
                  <span className="sr-only">Actions</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody {...role.group}>
            {rows.map((row) => {
              const key = rowKey(row);
              return (
                <tr key={key} {...role.row}>
                  {rowActions?.isSelectable && (
                    <td className="data-table-select" {...role.cell}>
                      <SelectRow id={key} />
                    </td>
                  )}
                  {columns.map((column) => (
                    <BodyCell key={column.key} column={column} row={row} />
                  ))}
                  {rowActions && (
                    <td className="data-table-menu" {...role.cell}>
                      <RowMenu id={key} />
                    </td>
                  )}
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
      <Pagination path={path} params={params} nextCursor={nextCursor} count={rows.length} />
    </div>
  );
}

type HeaderProps<T> = { column: Column<T>; path: string; params: SearchParams; sort: string | undefined };

function HeaderCell<T>({ column, path, params, sort }: HeaderProps<T>) {
  if (!column.sort) {
    return (
      <th scope="col" data-align={column.align} {...role.columnHeader}>
        {column.header}
      </th>
    );
  }
  const isUp = sort === column.sort;
  const isDown = sort === `-${column.sort}`;
  const SortIcon = isUp ? ArrowUpIcon : isDown ? ArrowDownIcon : ChevronsUpDownIcon;
  return (
    <th
      scope="col"
      data-align={column.align}
      data-sortable
      aria-sort={isUp ? "ascending" : isDown ? "descending" : "none"}
      {...role.columnHeader}
    >
      <Link
        href={hrefWith(path, params, { sort: isUp ? `-${column.sort}` : column.sort, cursor: undefined })}
        scroll={false}
        prefetch={false}
      >
        {column.header}
        <SortIcon size={14} aria-hidden className={isUp || isDown ? "" : "opacity-50"} />
      </Link>
    </th>
  );
}

function BodyCell<T>({ column, row }: { column: Column<T>; row: T }) {
  const look = { "data-align": column.align, "data-wide": column.wide || undefined };
  if (column.isRowHeader) {
    return (
      <th scope="row" {...look} {...role.rowHeader}>
        {column.render(row)}
      </th>
    );
  }
  return (
    <td data-label={column.header} {...look} {...role.cell}>
      {column.render(row)}
    </td>
  );
}
