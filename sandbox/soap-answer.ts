import type { ServerResponse } from "node:http";
import { SOAP, type SoapVersion } from "./soap-envelope.ts";

/** The variants of the stock service, each at `/soap/NAME/stock`; the plain one has no name. */
export const VARIANTS = [
  "guarded",
  "expired-fault",
  "expired-body",
  "wsse",
  "fault-200",
  "empty-500",
  "plain-text",
  "multipart",
] as const;
export type Variant = (typeof VARIANTS)[number] | "";

interface Answer {
  version: SoapVersion;
  /** HTTP status unless the variant says otherwise. */
  status: number;
  envelope: string;
}

/** Sends an envelope as the variant does. */
export function sendEnvelope(response: ServerResponse, variant: Variant, answer: Answer): void {
  const { version, envelope } = answer;
  const status = variant === "fault-200" ? 200 : answer.status;
  if (variant === "empty-500") response.writeHead(500).end();
  else if (variant === "multipart") send(response, status, multipartType(version), writeMultipart(version, envelope));
  else {
    const type = variant === "plain-text" ? "text/plain" : `${SOAP[version].mediaType}; charset=utf-8`;
    send(response, status, type, Buffer.from(envelope));
  }
}

function send(response: ServerResponse, status: number, type: string, body: Buffer): void {
  response.writeHead(status, { "content-type": type, "content-length": body.length });
  response.end(body);
}

const BOUNDARY = "sandbox-boundary";

/** MTOM (SOAP Message Transmission Optimization Mechanism, section 3.2): the envelope first, then what it refers to. */
function multipartType(version: SoapVersion): string {
  return `multipart/related; type="application/xop+xml"; boundary="${BOUNDARY}"; start="<root@sandbox>"; start-info="${SOAP[version].mediaType}"`;
}

function writeMultipart(version: SoapVersion, envelope: string): Buffer {
  const part = (id: string, type: string) =>
    `--${BOUNDARY}\r\nContent-Type: ${type}\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <${id}>\r\n\r\n`;
  const root = part("root@sandbox", `application/xop+xml; charset=UTF-8; type="${SOAP[version].mediaType}"`);
  return Buffer.concat([
    Buffer.from(`${root}${envelope}\r\n${part("label@sandbox", "application/octet-stream")}`),
    Buffer.from([0, 255, 1, 254, 13, 10, 2, 253]),
    Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
  ]);
}
