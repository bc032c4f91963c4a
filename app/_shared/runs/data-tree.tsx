type Props = { name?: string; value: unknown; depth?: number };

/** How many levels are open at first. */
const openLevels = 4;
/** Entries of one level that are shown. */
const shown = 200;

/** Data as a tree that folds: the members of objects and the items of lists, each with its name. */
export function DataTree({ name, value, depth = 0 }: Props) {
  if (typeof value !== "object" || value === null) {
    return (
      <div className="wrap-anywhere">
        {name !== undefined && <span className="text-dimmed">{name}: </span>}
        <Leaf value={value} />
      </div>
    );
  }
  const entries = Array.isArray(value)
    ? value.map((item, index): [string, unknown] => [`${index + 1}`, item])
    : Object.entries(value);
  if (entries.length === 0) {
    return (
      <div className="text-dimmed">
        {name !== undefined && `${name}: `}
        {Array.isArray(value) ? "no items" : "empty"}
      </div>
    );
  }
  const list = (
    <ul className="data-tree">
      {entries.slice(0, shown).map(([key, inner]) => (
        <li key={key}>
          <DataTree name={key} value={inner} depth={depth + 1} />
        </li>
      ))}
      {entries.length > shown && <li className="text-dimmed">and {entries.length - shown} more</li>}
    </ul>
  );
  if (name === undefined) return list;
  return (
    <details open={depth <= openLevels}>
      <summary className="cursor-pointer">
        {name}
        {Array.isArray(value) && <span className="text-dimmed"> ({value.length})</span>}
      </summary>
      {list}
    </details>
  );
}

function Leaf({ value }: { value: unknown }) {
  if (value === null) return <span className="text-dimmed">nil</span>;
  if (value === "") return <span className="text-dimmed">empty</span>;
  return <span className="font-mono text-sm whitespace-pre-wrap">{String(value)}</span>;
}
