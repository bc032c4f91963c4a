import type { ReactNode } from "react";

type Props = {
  /** Entries with a null value show "not set". */
  items: { label: string; value: ReactNode; hint?: ReactNode }[];
};

/** Names and values of one thing, as a description list; two columns where there is room. */
export function KeyValue({ items }: Props) {
  return (
    <dl className="key-value">
      {items.map((item) => (
        <div key={item.label}>
          <dt>{item.label}</dt>
          <dd>
            {item.value === null || item.value === "" ? <span className="text-dimmed">not set</span> : item.value}
            {item.hint && <div className="mt-0.5 text-sm text-dimmed">{item.hint}</div>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
