import { XIcon } from "lucide-react";
import Link from "next/link";
import { hrefWith, type SearchParams } from "#app/_ui/url.ts";
import type { AuditQuery } from "#lib/oversight/audit-log/schema.ts";

/** Filters that came by a link (who, on what) and have no field of their own, each with a way out. */
export function ActiveFilters({ params, query }: { params: SearchParams; query: AuditQuery }) {
  const active = [
    query.actor && { name: "Who", value: query.actor, off: { actor: "" } },
    query.targetKind && {
      name: "On",
      value: query.targetId ? `one ${query.targetKind.replaceAll("_", " ")}` : query.targetKind,
      off: { targetKind: "", targetId: "" },
    },
  ].filter((filter) => !!filter);
  if (active.length === 0) return null;
  return (
    <ul aria-label="Also filtered by" className="m-0 mb-3 flex list-none flex-wrap gap-2 p-0">
      {active.map(({ name, value, off }) => (
        <li key={name}>
          <Link className="quiet-button" href={hrefWith("/audit", params, { ...off, cursor: "" })}>
            {name}: {value}
            <XIcon size={14} aria-hidden />
            <span className="sr-only">(remove this filter)</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
