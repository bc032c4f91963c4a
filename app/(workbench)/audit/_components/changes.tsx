import type { AuditRecord } from "#lib/oversight/audit-log/list-audit.ts";
import { type Change, listChanges } from "./list-changes.ts";

const shownAtOnce = 3;

/** Before and after, field by field; a long list folds away. */
export function Changes({ record }: { record: AuditRecord }) {
  const changes = listChanges(record.before, record.after);
  if (changes.length === 0) return <span className="text-dimmed">none recorded</span>;
  if (changes.length <= shownAtOnce) return <ChangeList changes={changes} />;
  // What was made or deleted holds every field; which ones changed is worth a line only for an edit.
  const isEdit = record.before !== null && record.after !== null;
  return (
    <details>
      <summary className="cursor-pointer">
        {changes.length} fields{isEdit && `: ${changes.map(({ field }) => field).join(", ")}`}
      </summary>
      <div className="mt-1">
        <ChangeList changes={changes} />
      </div>
    </details>
  );
}

function ChangeList({ changes }: { changes: Change[] }) {
  return (
    <dl className="m-0 grid gap-1">
      {changes.map(({ field, before, after }) => (
        <div key={field} className="flex flex-wrap items-baseline gap-x-2">
          <dt className="text-dimmed">{field}</dt>
          <dd className="m-0 flex min-w-0 flex-wrap items-baseline gap-x-1 wrap-anywhere">
            {before !== undefined && (
              <del className="text-bad">
                <span className="sr-only">before: </span>
                {before}
              </del>
            )}
            {before !== undefined && after !== undefined && <span aria-hidden>→</span>}
            {after !== undefined && (
              <ins className="no-underline">
                <span className="sr-only">after: </span>
                {after}
              </ins>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
