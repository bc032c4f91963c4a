import Link from "next/link";
import { hrefWith, type SearchParams } from "./url.ts";

type Props = { path: string; params: SearchParams; nextCursor: string | null; count: number };

/** Links of a keyset list: back to the first page, on to the next. Shows nothing when everything is on one page. */
export function Pagination({ path, params, nextCursor, count }: Props) {
  const isFirst = !params.cursor;
  if (isFirst && nextCursor === null) return null;
  return (
    <nav
      aria-label="Pages"
      className="flex flex-wrap items-center justify-between gap-3 px-3 py-2 text-sm print:hidden"
    >
      <span className="text-dimmed">{count} on this page</span>
      <span className="flex gap-2">
        {!isFirst && (
          <Link className="quiet-button" href={hrefWith(path, params, { cursor: undefined })}>
            First page
          </Link>
        )}
        {nextCursor !== null && (
          <Link className="quiet-button" href={hrefWith(path, params, { cursor: nextCursor })}>
            Next page
          </Link>
        )}
      </span>
    </nav>
  );
}
