import type { SoapFault, SoapReading } from "./model.ts";

/** How much of a response's data is kept, in characters of JSON. */
const maxJsonLength = 256 * 1024;
/** How much is kept of a text. */
const maxTextLength = 64 * 1024;

/** A reading with no more than a receipt keeps. */
export type LimitedReading = SoapReading & {
  /** Whether the Body's data is too large, and `json` null because of that. */
  jsonCut: boolean;
};

/** Leaves out what a receipt doesn't keep, so that a large response isn't copied between threads or searched for secrets. */
export function limitReading(reading: SoapReading): LimitedReading {
  const json = limitJson(reading.json);
  return {
    ...reading,
    json,
    jsonCut: json === null && reading.json !== null,
    headers: limitJson(reading.headers),
    xml: reading.xml === null ? null : cutText(reading.xml),
    fault: reading.fault && limitFault(reading.fault),
  };
}

function limitFault({ code, subcodes, reason, actor, detail, detailJson }: SoapFault): SoapFault {
  return {
    code: cutText(code),
    subcodes: subcodes.map(cutText),
    reason: cutText(reason),
    actor: actor === null ? null : cutText(actor),
    detail: detail === null ? null : cutText(detail),
    detailJson: limitJson(detailJson),
  };
}

const limitJson = (value: unknown): unknown =>
  value !== null && JSON.stringify(value).length > maxJsonLength ? null : value;

const cutText = (text: string): string => text.slice(0, maxTextLength);
