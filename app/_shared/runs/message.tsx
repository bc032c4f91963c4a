import type { ReactNode } from "react";
import { CopyButton } from "#app/_ui/copy-button.tsx";
import { formatBytes } from "#app/_ui/format-bytes.ts";
import { prettyJson } from "#app/_ui/pretty-json.ts";
import { prettyXml } from "#app/_ui/pretty-xml.ts";
import type { Header } from "#lib/delivery/transports/definition.ts";

type Props = {
  /** `Request`, `Response`. */
  name: string;
  /** The first line: method and URL, or the status. */
  line: string;
  headers: Header[];
  body: string;
  bodyBytes: number;
  /** Shows a body in another way than as text. */
  shownBody?: ReactNode;
};

/** How much of a body a receipt keeps (lib/delivery/runs/model.ts). */
const keptBodyBytes = 64 * 1024;

/** A request or a response as it went over the wire, secrets redacted. */
export function Message({ name, line, headers, body, bodyBytes, shownBody }: Props) {
  const pretty = prettyJson(body) ?? prettyXml(body);
  // A body that fits is kept whole; what was redacted in it makes it shorter too.
  const isCut = bodyBytes > keptBodyBytes;
  return (
    <div className="min-w-0">
      <p className="m-0 flex items-start justify-between gap-2">
        <code className="min-w-0 font-semibold wrap-anywhere">{line}</code>
        <CopyButton value={line} label={`Copy the first line of the ${name.toLowerCase()}`} />
      </p>
      {headers.length > 0 && (
        <details className="mt-2" open={headers.length <= 12}>
          <summary className="cursor-pointer text-sm text-dimmed">
            {headers.length === 1 ? "1 header" : `${headers.length} headers`}
          </summary>
          <table className="mt-1 w-full border-collapse text-sm">
            <caption className="sr-only">Headers of the {name.toLowerCase()}</caption>
            <tbody>
              {headers.map((header, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a header may stand twice, and the list never changes.
                <tr key={index} className="align-top">
                  <th scope="row" className="w-px py-0.5 pr-3 text-left font-normal whitespace-nowrap text-dimmed">
                    {header.name}
                  </th>
                  <td className="py-0.5 font-mono wrap-anywhere">{header.value}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
      {body === "" ? (
        <p className="m-0 mt-2 text-sm text-dimmed">
          {bodyBytes > 0 ? `The body (${formatBytes(bodyBytes)}) is not kept.` : "No body."}
        </p>
      ) : (
        <div className="mt-2">
          <div className="flex items-center justify-between gap-2">
            <span className="text-sm text-dimmed">
              Body, {formatBytes(bodyBytes)}
              {isCut && ", only the beginning is kept"}
            </span>
            <CopyButton value={body} label={`Copy the body of the ${name.toLowerCase()}`} />
          </div>
          {shownBody ?? (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1).
            <section tabIndex={0} aria-label={`Body of the ${name.toLowerCase()}`} className="code-block">
              <pre className="m-0">{pretty ?? body}</pre>
            </section>
          )}
        </div>
      )}
    </div>
  );
}
