import type { ReactNode } from "react";
import { CodeBlock } from "#app/_ui/code-block.tsx";
import { CopyButton } from "#app/_ui/copy-button.tsx";
import { formatBytes } from "#app/_ui/format-bytes.ts";
import { prettyJson } from "#app/_ui/pretty-json.ts";
import { prettyXml } from "#app/_ui/pretty-xml.ts";
import { type TabContent, TabSet } from "#app/_ui/tab-set.tsx";
import { maxBodyLength } from "#lib/delivery/runs/model.ts";
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
  /** Tabs after body and headers. */
  moreTabs?: TabContent[];
};

/** A request or a response as it went over the wire, secrets redacted. */
export function Message({ name, line, headers, body, bodyBytes, shownBody, moreTabs = [] }: Props) {
  const isEmpty = body === "" && bodyBytes === 0;
  return (
    <div className="min-w-0">
      <p className="m-0 mb-1 flex items-start justify-between gap-2">
        <code className="min-w-0 font-semibold wrap-anywhere">{line}</code>
        <CopyButton value={line} label={`Copy the first line of the ${name.toLowerCase()}`} />
      </p>
      <TabSet
        // Another default once there is a body, or none anymore.
        key={isEmpty ? "headers" : "body"}
        label={name}
        defaultValue={isEmpty && headers.length > 0 ? "headers" : "body"}
        tabs={[
          { value: "body", label: "Body", content: <Body {...{ name, body, bodyBytes, shownBody }} /> },
          {
            value: "headers",
            label: headers.length === 0 ? "Headers" : `Headers (${headers.length})`,
            content: <Headers name={name} headers={headers} />,
          },
          ...moreTabs,
        ]}
      />
    </div>
  );
}

function Body({ name, body, bodyBytes, shownBody }: Pick<Props, "name" | "body" | "bodyBytes" | "shownBody">) {
  if (body === "") {
    return (
      <p className="m-0 text-sm text-dimmed">
        {bodyBytes > 0 ? `The body (${formatBytes(bodyBytes)}) isn't kept.` : "No body"}
      </p>
    );
  }
  // A body that fits is kept whole; what was redacted in it makes it shorter too.
  const isCut = bodyBytes > maxBodyLength;
  return (
    <>
      <p className="m-0 mb-1 text-sm text-dimmed">
        {formatBytes(bodyBytes)}
        {isCut && ", only the beginning is kept"}
      </p>
      {shownBody ?? (
        <CodeBlock
          text={prettyJson(body) ?? prettyXml(body) ?? body}
          label={`Body of the ${name.toLowerCase()}`}
          copies={body}
        />
      )}
    </>
  );
}

function Headers({ name, headers }: Pick<Props, "name" | "headers">) {
  if (headers.length === 0) return <p className="m-0 text-sm text-dimmed">No headers</p>;
  return (
    <table className="w-full border-collapse text-sm">
      <caption className="sr-only">Headers of the {name.toLowerCase()}</caption>
      <tbody>
        {headers.map((header, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a header can occur twice, and the list never changes.
          <tr key={index} className="align-top">
            <th scope="row" className="w-px py-0.5 pr-3 text-left font-normal whitespace-nowrap text-dimmed">
              {header.name}
            </th>
            <td className="py-0.5 font-mono wrap-anywhere">{header.value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
