import type { IncomingHttpHeaders } from "node:http";
import { parseExactJson } from "#lib/platform/edges/exact-json.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";

/** Headers that are about who sends and how, and not part of the message. */
const kept = /^(?!authorization$|proxy-|cookie$|webhook-signature$|connection$|transfer-encoding$|te$|upgrade$)/;

/**
 * The body of a webhook for templates: JSON and forms parsed, text as it is; null without a body.
 * @throws AppError `malformed_json`, `unsupported_media_type`
 */
export function readMessage(body: Buffer, contentType: string | undefined): unknown {
  if (body.length === 0) return null;
  const type = contentType?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (/^application\/x-www-form-urlencoded$/.test(type)) return readPairs(new URLSearchParams(readText(body)));
  if (/^(text\/|application\/(.+\+)?xml$)/.test(type)) return readText(body);
  if (!/^application\/(.+\+)?json$/.test(type)) {
    throw new AppError(
      "unsupported_media_type",
      type ? `The body is declared as ${type.slice(0, 100)}.` : "The body has no Content-Type.",
      { hint: "Send JSON, a form (application/x-www-form-urlencoded), XML or text, in UTF-8." },
    );
  }
  try {
    return parseExactJson(readText(body));
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError("malformed_json", "The body is not valid JSON.", {
      hint: "Check quotes, commas and brackets; the encoding must be UTF-8.",
      cause,
    });
  }
}

/** Headers for templates, by their names in small letters; several ones of a name are joined. */
export function readMessageHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name, value]) => value !== undefined && kept.test(name))
      .map(([name, value]) => [name, String(value)]),
  );
}

/** Names that stand more than once have a list. */
function readPairs(pairs: URLSearchParams): Record<string, string | string[]> {
  return Object.fromEntries(
    [...new Set(pairs.keys())].map((name) => {
      const values = pairs.getAll(name);
      return [name, values.length === 1 ? values[0]! : values];
    }),
  );
}

function readText(body: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch (cause) {
    throw new AppError("malformed_json", "The body is not UTF-8.", { hint: "Send the body in UTF-8.", cause });
  }
}
