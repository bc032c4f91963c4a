import { isRegisteredError } from "#lib/oauth/explanations/registered-errors.ts";
import type { ProviderError } from "#lib/platform/errors/app-error.ts";
import { findHeader } from "#lib/platform/net/headers.ts";
import { readChallenges } from "./challenges.ts";
import { isObject, membersOf, type ResponseBody } from "./response-body.ts";

/** Text from outside on one line: without control characters, secrets, and what exceeds the length. */
export type Clean = (text: string, length: number) => string;

/** @param redact removes secrets. */
export function createClean(redact: (text: string) => string): Clean {
  return (text, length) => {
    const line = redact(text)
      .replace(/[\p{Cc}\p{Cf}\s]+/gu, " ")
      .trim();
    return line.length > length ? `${line.slice(0, length - 1)}…` : line;
  };
}

const correlationHeaders = ["x-ms-request-id", "client-request-id", "x-correlation-id", "x-request-id", "request-id"];

/** The members in which providers explain errors, without case, `_`, and `-`; the most specific first. */
const explaining = [
  "errordescription",
  "detail",
  "details",
  "errormessage",
  "errormsg",
  "errmsg",
  "errordetail",
  "errordetails",
  "errorsummary",
  "faultstring",
  "message",
  "msg",
  "description",
  "reason",
  "statusmessage",
  "statusdescription",
  "errors",
  "error",
  "fault",
  "title",
];

/** Codes of RFC 6749 section 5.2 and its extensions, recognized in formats other than RFC 6749's too. */
const knownCodes = new Set([
  "invalid_request",
  "invalid_client",
  "invalid_grant",
  "unauthorized_client",
  "unsupported_grant_type",
  "invalid_scope",
  "invalid_target",
  "access_denied",
  "temporarily_unavailable",
  "server_error",
]);

type Response = { status: number; headers: readonly [string, string][] };

/** Reads what a provider says about an error: in RFC 6749's members or others, as text, or in WWW-Authenticate. */
export function readProviderError(response: Response, body: ResponseBody, clean: Clean): ProviderError {
  const isError = response.status >= 400;
  const challenge = isError ? readChallengeError(response.headers) : {};
  const members = membersOf(body);
  const code = [members?.error, ...listNestedCodes(members), challenge.code].find(isCode);
  const said = explainIn(body, isError).filter((text) => text !== code);
  const words = said.length > 0 ? said : challenge.description ? [challenge.description] : [];
  const correlation = [
    members?.correlation_id,
    ...correlationHeaders.map((name) => findHeader(response.headers, name)),
  ];
  const correlationId = correlation.find((value) => typeof value === "string" && value !== "");
  return {
    status: response.status,
    code: code === undefined || isRegisteredError(code) ? (code ?? null) : clean(code, 100),
    description: clean(words.join("; "), 1000) || null,
    correlationId: typeof correlationId === "string" ? clean(correlationId, 100) : null,
  };
}

/** RFC 6749 section 5.2 allows %x20-21 / %x23-5B / %x5D-7E. */
function isCode(value: unknown): value is string {
  return typeof value === "string" && /^[\x21\x23-\x5b\x5d-\x7e][\x20-\x21\x23-\x5b\x5d-\x7e]{0,99}$/.test(value);
}

function listNestedCodes(members: Record<string, unknown> | null): unknown[] {
  const nested = [members?.error, members?.errors, members?.fault].flat().filter(isObject);
  const codes = nested.flatMap(({ code, error, type, status }) => [code, error, type, status]);
  return codes.filter((value) => typeof value === "string" && knownCodes.has(value));
}

function readChallengeError(headers: Response["headers"]): { code?: string; description?: string } {
  const values = headers.filter(([name]) => name === "www-authenticate").map(([, value]) => value);
  for (const { parameters } of readChallenges(values)) {
    const code = parameters.get("error");
    const description = parameters.get("error_description");
    if (code || description) return { ...(code && { code }), ...(description && { description }) };
  }
  return {};
}

/** Returns the provider's texts, the most specific first. What a success contains besides them might be the token. */
function explainIn(body: ResponseBody, isError: boolean): string[] {
  if (body.format === "html") return isError && body.title.trim() ? [body.title] : [];
  if (body.format === "text") return isError ? [body.text.slice(0, 2000)] : [];
  if (body.format === "empty") return [];
  if (typeof body.value === "string") return isError ? [body.value] : [];
  const standard = membersOf(body)?.error_description;
  if (typeof standard === "string" && standard.trim() !== "") return [standard];
  const found = listTexts(body.value).sort((a, b) => a.rank - b.rank);
  const texts = found.map(({ text }) => text).filter((text) => isError || !/^(ok|success|successful)$/i.test(text));
  return texts.filter((text, at) => !texts.slice(0, at).some((before) => before.includes(text))).slice(0, 3);
}

type Text = { rank: number; text: string };

/** Lists the texts of explaining members, at most some levels deep and so many, in the order of the body. */
function listTexts(root: unknown): Text[] {
  const found: Text[] = [];
  let left = 500;
  const visit = (value: unknown, name: string, depth: number) => {
    if (left-- <= 0 || depth > 5) return;
    if (typeof value === "string") {
      const rank = explaining.indexOf(name.toLowerCase().replace(/[_\s-]/g, ""));
      if (rank >= 0 && value.trim() !== "") found.push({ rank, text: value.trim().slice(0, 2000) });
    } else if (Array.isArray(value)) {
      for (const item of value.slice(0, 20)) visit(item, name, depth + 1);
    } else if (isObject(value)) {
      for (const [member, inner] of Object.entries(value).slice(0, 100)) visit(inner, member, depth + 1);
    }
  };
  visit(root, "", 0);
  return found;
}
