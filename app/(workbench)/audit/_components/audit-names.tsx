import Link from "next/link";
import { TextLink } from "#app/_ui/text-link.tsx";
import type { AuditRecord } from "#lib/oversight/audit-log/list-audit.ts";

/** Where the page of a target is; kinds without a page of their own aren't linked. */
const pages: Record<string, string> = {
  credential: "/credentials",
  node: "/nodes",
  transport: "/transports",
  trigger: "/triggers",
  user: "/users",
  run: "/runs",
};

/** Who acted and from where; the name leads to everything that this actor did. */
export function AuditActor({ record }: { record: AuditRecord }) {
  const { name, kind } = record.actor;
  return (
    <div className="min-w-0">
      <TextLink href={`/audit?actor=${encodeURIComponent(name)}`}>
        {kind === "system" ? `Sallyport (${name})` : name}
      </TextLink>
      <div className="text-sm text-dimmed">{record.address ?? "inside"}</div>
    </div>
  );
}

/** What it was done to: linked to its page unless it is gone, and to its own records. Links one above the other are 24 px high each (WCAG 2.5.8). */
export function AuditTarget({ record }: { record: AuditRecord }) {
  const { kind, id, name } = record.target;
  const page = pages[kind];
  const isGone = record.action.endsWith(".delete");
  const shown = name ?? id ?? kind;
  return (
    <div className="min-w-0">
      {page && id && !isGone ? (
        <Link className="link inline-block leading-6 wrap-anywhere" href={`${page}/${id}`} prefetch={false}>
          {shown}
        </Link>
      ) : (
        <span className="wrap-anywhere">{shown}</span>
      )}
      {id && (
        <div className="text-sm">
          <Link
            className="link inline-block leading-6"
            href={`/audit?targetKind=${kind}&targetId=${id}`}
            prefetch={false}
            aria-label={`All records of ${shown}`}
          >
            all records
          </Link>
        </div>
      )}
    </div>
  );
}
