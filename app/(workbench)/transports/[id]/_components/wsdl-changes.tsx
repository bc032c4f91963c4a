import Link from "next/link";
import { Badge, type Tone } from "#app/_ui/badge.tsx";
import { Notice } from "#app/_ui/notice.tsx";
import type { WsdlChange } from "#lib/delivery/soap/diff.ts";
import type { BrokenTrigger, WsdlReload } from "#lib/delivery/wsdls/model.ts";

const kinds: Record<WsdlChange["kind"], { word: string; tone: Tone }> = {
  added: { word: "Added", tone: "ok" },
  removed: { word: "Removed", tone: "bad" },
  changed: { word: "Changed", tone: "warn" },
};

/** As many changes and problems as a dialog can hold. */
const shown = 50;

/** What reading a WSDL again brought: what is new, gone or different, and the triggers that it breaks. */
export function WsdlChanges({ reload }: { reload: WsdlReload }) {
  const { changes, brokenTriggers, hashBefore } = reload;
  return (
    <div className="grid gap-3">
      {hashBefore === null ? (
        <p className="m-0">It is the first one that could be read.</p>
      ) : changes.length === 0 ? (
        <p className="m-0">The text differs, but no service, port or operation does.</p>
      ) : (
        <ul className="m-0 grid list-none gap-2 p-0" aria-label="Changes">
          {changes.slice(0, shown).map(({ kind, what, name, details }) => (
            <li key={`${kind} ${what} ${name}`}>
              <span className="flex flex-wrap items-baseline gap-2">
                <Badge tone={kinds[kind].tone}>{kinds[kind].word}</Badge>
                <span className="min-w-0 wrap-anywhere">
                  {what} <code>{name}</code>
                </span>
              </span>
              {details.length > 0 && (
                <ul className="m-0 mt-1 pl-6 text-sm text-dimmed">
                  {details.map((detail) => (
                    <li key={detail} className="wrap-anywhere">
                      {detail}
                    </li>
                  ))}
                </ul>
              )}
            </li>
          ))}
          {changes.length > shown && <li className="text-dimmed">and {changes.length - shown} more</li>}
        </ul>
      )}
      {brokenTriggers.length > 0 ? (
        <Notice
          tone="bad"
          title={
            brokenTriggers.length === 1
              ? "1 trigger does not fit it:"
              : `${brokenTriggers.length} triggers do not fit it:`
          }
        >
          <ul className="m-0 mt-1 pl-5">
            {brokenTriggers.slice(0, shown).map((trigger) => (
              <Broken key={trigger.id} trigger={trigger} />
            ))}
          </ul>
        </Notice>
      ) : (
        <Notice tone="ok">No trigger of this transport breaks.</Notice>
      )}
    </div>
  );
}

function Broken({ trigger }: { trigger: BrokenTrigger }) {
  return (
    <li>
      <Link className="link" href={`/triggers/${trigger.id}/edit`} target="_blank">
        {trigger.name}
      </Link>
      <ul className="m-0 pl-4 text-sm">
        {trigger.problems.slice(0, 5).map(({ path, message }) => (
          <li key={`${path} ${message}`} className="wrap-anywhere">
            {path && <code>{path}: </code>}
            {message}
          </li>
        ))}
        {trigger.problems.length > 5 && <li>and {trigger.problems.length - 5} more</li>}
      </ul>
    </li>
  );
}
