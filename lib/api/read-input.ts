import type { IncomingMessage } from "node:http";
import type { z } from "zod";
import { requireStorable } from "#lib/platform/db/storable.ts";
import { findExactNumber, parseExactJson } from "#lib/platform/edges/exact-json.ts";
import { AppError, invalidInput } from "#lib/platform/errors/app-error.ts";
import { listFieldErrors } from "#lib/platform/errors/field-errors.ts";

/** The largest body that is read, in bytes, unless an operation says otherwise. */
export const maxBodyBytes = 1024 * 1024;

/**
 * Reads a request's JSON body; no body at all is undefined.
 * @param maxBytes the largest body that is read.
 * @throws AppError `body_too_large`, `unsupported_media_type`, `malformed_json`
 */
export async function readJson(incoming: IncomingMessage, maxBytes: number = maxBodyBytes): Promise<unknown> {
  const body = await readBody(incoming, maxBytes);
  if (body.length === 0) return undefined;
  const type = incoming.headers["content-type"] ?? "";
  if (!/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(type)) {
    throw new AppError(
      "unsupported_media_type",
      type ? `The body is declared as ${type.slice(0, 100)}.` : "The body has no Content-Type.",
      { hint: "Send JSON with the header Content-Type: application/json." },
    );
  }
  const text = body.toString("utf8");
  try {
    return parseExactJson(text);
  } catch (cause) {
    throw new AppError("malformed_json", `The body is not valid JSON${placeOf(cause)}.`, {
      hint: "Check quotes, commas and brackets; the encoding must be UTF-8.",
      cause,
    });
  }
}

/** Reads a request's body as it is. @throws AppError `body_too_large` */
export async function readBody(incoming: IncomingMessage, maxBytes: number = maxBodyBytes): Promise<Buffer> {
  const length = incoming.headers["content-length"];
  if (length !== undefined && Number(length) > maxBytes) throw tooLarge(maxBytes);
  return readBytes(incoming, maxBytes);
}

/** Only the position is told: the parser's message repeats a piece of the body, which may hold a secret. */
function placeOf(err: unknown): string {
  const place = err instanceof Error ? /line \d+ column \d+/.exec(err.message) : null;
  return place ? `: see ${place[0]}` : "";
}

function tooLarge(maxBytes: number): AppError {
  return new AppError("body_too_large", `The body is larger than ${maxBytes / 1024} KiB.`, {
    hint: "Send less at once.",
  });
}

function readBytes(incoming: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) reject(tooLarge(maxBytes));
      else chunks.push(chunk);
    });
    incoming.on("end", () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    incoming.on("error", reject);
    incoming.on("close", () => {
      if (!incoming.readableEnded) reject(new AppError("malformed_json", "The connection ended before the body did."));
    });
  });
}

/** The query of a URL as an object; a name that stands more than once becomes a list. */
export function readQuery(url: string): Record<string, string | string[]> {
  const start = url.indexOf("?");
  if (start === -1) return {};
  const query: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of new URLSearchParams(url.slice(start + 1))) {
    const known = query[name];
    query[name] = known === undefined ? value : [known, value].flat();
  }
  return { ...query };
}

/**
 * Parses what a program sent.
 * @throws AppError `invalid_input` with one complaint per field.
 */
export function parseInput<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  requireStorable(value);
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const exact = findExactNumber(value);
  if (exact) {
    const message = `The number ${exact.digits.slice(0, 60)} can't be kept exactly here. Enter it as text in quotes.`;
    throw invalidInput([{ field: exact.field || "body", message }]);
  }
  throw invalidInput(listFieldErrors(result.error, "body"));
}
