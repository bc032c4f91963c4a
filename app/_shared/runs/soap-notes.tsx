import { CodeBlock } from "#app/_ui/code-block.tsx";
import { formatBytes } from "#app/_ui/format-bytes.ts";
import { Notice } from "#app/_ui/notice.tsx";
import { prettyXml } from "#app/_ui/pretty-xml.ts";
import type { RunFault, RunSoap } from "#lib/delivery/runs/model.ts";
import { DataTree } from "./data-tree.tsx";

/** What a SOAP answer says besides its data: a Fault, attachments, why it can't be understood. */
export function SoapNotes({ soap }: { soap: RunSoap }) {
  const { fault, attachments, problem } = soap;
  if (!fault && !problem && attachments.length === 0) return null;
  return (
    <div className="mb-3 grid grid-cols-1 gap-3">
      {fault && <Fault fault={fault} />}
      {problem && (
        <Notice tone="warn" title="The answer could not be read">
          {problem}
        </Notice>
      )}
      {attachments.length > 0 && (
        <div>
          <p className="m-0 text-sm font-semibold">
            {attachments.length === 1 ? "1 attachment" : `${attachments.length} attachments`}
          </p>
          <ul className="m-0 mt-1 pl-5 text-sm">
            {attachments.map(({ contentId, contentType, bytes }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: parts may lack an id, and the list never changes.
              <li key={index} className="wrap-anywhere">
                {contentType}, {formatBytes(bytes)}
                {contentId && <span className="text-dimmed"> ({contentId})</span>}
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

function Fault({ fault: { code, subcodes, reason, actor, detail, detailJson } }: { fault: RunFault }) {
  const hasData = typeof detailJson === "object" && detailJson !== null;
  return (
    <section aria-label="Fault" className="fault">
      <dl className="key-value">
        <div>
          <dt>Fault code</dt>
          <dd>
            <code>{[code, ...subcodes].join(" / ")}</code>
          </dd>
        </div>
        <div>
          <dt>Reason</dt>
          <dd>{reason || <span className="text-dimmed">none given</span>}</dd>
        </div>
        {actor && (
          <div>
            <dt>Actor</dt>
            <dd>{actor}</dd>
          </div>
        )}
        {hasData && (
          <div>
            <dt>Detail</dt>
            <dd>
              <DataTree value={detailJson} />
            </dd>
          </div>
        )}
      </dl>
      {detail && (
        <details className="disclosure mt-2">
          <summary>Detail as XML</summary>
          <div className="mt-2">
            <CodeBlock text={prettyXml(detail) ?? detail} label="Detail of the Fault" copies={detail} />
          </div>
        </details>
      )}
    </section>
  );
}
