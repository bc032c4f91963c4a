import type { ReactNode } from "react";

type Props = {
  caption: string;
  /** The first column names the row; those after it are aligned to the end unless they are texts. */
  head: (string | { text: string })[];
  rows: { key: string; cells: ReactNode[] }[];
  /** Shown instead of a table without rows. */
  empty: string;
};

/** A small table of a dashboard's block, with its caption in sight. */
export function PlainTable({ caption, head, rows, empty }: Props) {
  const isText = (index: number) => index === 0 || typeof head[index] === "object";
  if (rows.length === 0) {
    return (
      <div>
        <h3 className="m-0 mb-1 text-sm font-semibold">{caption}</h3>
        <p className="m-0 text-sm text-dimmed">{empty}</p>
      </div>
    );
  }
  return (
    <div className="min-w-0 overflow-x-auto print:overflow-visible">
      <table className="plain-table">
        <caption>{caption}</caption>
        <thead>
          <tr>
            {head.map((column, index) => {
              const text = typeof column === "string" ? column : column.text;
              return (
                <th key={text} scope="col" className={isText(index) ? "" : "text-end"}>
                  {text}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells }) => (
            <tr key={key}>
              {cells.map((cell, index) =>
                index === 0 ? (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the cells of a row have no other name.
                  <th key={index} scope="row">
                    {cell}
                  </th>
                ) : (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the cells of a row have no other name.
                  <td key={index} className={isText(index) ? "" : "text-end tabular-nums"}>
                    {cell}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
