import { isRegisteredError } from "#lib/oauth/explanations/registered-errors.ts";
import { AppError, type ProviderError } from "#lib/platform/errors/app-error.ts";
import { findHeader } from "#lib/platform/net/headers.ts";
import { compileSecrets, removed, removeEchoes } from "#lib/platform/redaction/echoes.ts";

/** What came back from a token endpoint, as it came. */
export type TokenAnswer = { status: number; headers: [string, string][]; body: Uint8Array };

/** The secrets of a token request, and what of it is no secret. */
export type Sent = { secrets: readonly string[]; shown: string };

/** A usable answer: a bearer token and how long it lasts. */
export type ParsedToken = {
  accessToken: string;
  /** Seconds, at most a day. */
  expiresInSeconds: number;
  /** `scope` of the answer when it names one, RFC 6749 section 3.3. */
  scope: string | null;
};

/** Assumed when the answer names no lifetime: RFC 6749 section 5.1 only recommends to. Short, so that little can go wrong. */
export const assumedLifetimeSeconds = 300;
/** Longer promises are not believed: a token is asked for at least this often. */
export const maxLifetimeSeconds = 86_400;
const maxTokenLength = 32_768;
const maxRetryAfterMs = 3_600_000;

/** `Bearer` by other names that real servers use. */
const bearerTypes = new Set(["bearer", "bearertoken", "jwt"]);
/** RFC 6749 section 4.1.2.1 errors that some servers send from the token endpoint too; they pass by themselves. */
const passingErrors = new Set(["temporarily_unavailable", "server_error"]);
const correlationHeaders = ["x-ms-request-id", "client-request-id", "x-correlation-id", "x-request-id", "request-id"];

/**
 * Reads the answer of a token endpoint (RFC 6749 sections 5.1 and 5.2), trusting nothing in it.
 * @param host of the endpoint, for the messages.
 * @param now milliseconds, for a Retry-After that is a date.
 * @param sent by the request. What is kept of the answer holds neither these nor the answer's own tokens.
 * @throws AppError `token_request_refused` (it said no), `token_endpoint_unavailable` (it can't answer for now),
 *   `token_response_invalid` (what it said is no token); `provider` has what it said, `details.retryAfterMs` its wish.
 */
export function parseTokenAnswer(
  answer: TokenAnswer,
  host: string,
  now: number,
  sent: Sent = { secrets: [], shown: "" },
): ParsedToken {
  const text = decodeText(answer.body);
  const json = parseObject(text);
  const quote = createQuote(sent, json);
  const provider = readProviderError(answer, json, quote);
  const details = withRetryAfter(answer, now);
  if (answer.status === 429 || answer.status === 408 || answer.status >= 500) {
    throw unavailable(host, provider, details);
  }
  if (provider.code !== null) throw refused(host, provider, details);
  if (answer.status >= 400) throw refusedWithoutReason(host, provider, details);
  if (answer.status >= 300) throw redirected(host, answer, provider, quote);
  if (answer.status !== 200 && answer.status !== 201) {
    throw invalid(host, provider, `answered ${answer.status}, which is no answer to a token request`);
  }
  if (json === null)
    throw invalid(host, provider, `answered ${answer.status} with ${describeBody(text, quote)} instead of a token`);
  return readToken(json, host, provider, quote);
}

/**
 * The same for what a sign-in or its renewal brings: with ID token and refresh token, where there are some.
 * @throws AppError as `parseTokenAnswer`
 */
export function parseUserTokenAnswer(
  answer: TokenAnswer,
  host: string,
  now: number,
  sent: Sent = { secrets: [], shown: "" },
): ParsedToken & { idToken: string | null; refreshToken: string | null } {
  const parsed = parseTokenAnswer(answer, host, now, sent);
  const json = parseObject(decodeText(answer.body));
  const text = (value: unknown) =>
    typeof value === "string" && value !== "" && value.length <= maxTokenLength ? value : null;
  return { ...parsed, idToken: text(json?.id_token), refreshToken: text(json?.refresh_token) };
}

function readToken(json: Record<string, unknown>, host: string, provider: ProviderError, quote: Quote): ParsedToken {
  const accessToken = json.access_token;
  if (typeof accessToken !== "string" || accessToken === "") {
    throw invalid(host, provider, "answered without an access_token");
  }
  // RFC 6749 appendix A.12: visible characters; anything else could not stand in a header.
  if (accessToken.length > maxTokenLength || !/^[\x21-\x7e]+$/.test(accessToken)) {
    throw invalid(host, provider, "answered with an access_token that can't be sent in a header");
  }
  const type = json.token_type ?? "Bearer";
  if (typeof type !== "string" || !bearerTypes.has(type.trim().toLowerCase())) {
    const named = typeof type === "string" ? ` (${quote(type, 40)})` : "";
    throw invalid(host, provider, `answered with a token of another type than Bearer${named}`);
  }
  const expiresInSeconds = readLifetime(json.expires_in);
  if (expiresInSeconds <= 0) throw invalid(host, provider, "answered with a token that has expired already");
  return { accessToken, expiresInSeconds, scope: typeof json.scope === "string" ? quote(json.scope, 2000) : null };
}

function readLifetime(value: unknown): number {
  const seconds = typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value;
  if (typeof seconds !== "number" || Number.isNaN(seconds)) return assumedLifetimeSeconds;
  return Math.min(Math.floor(seconds), maxLifetimeSeconds);
}

/** Quotes a stranger: without secrets, on one line, cut. */
type Quote = (text: string, length: number) => string;

/** A signed request, or a token, that a provider repeats. */
const jwt = /\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*/g;

/** More than what any quote keeps, so that the search for JWTs stays small. */
const maxQuoted = 4096;

function createQuote(sent: Sent, json: Record<string, unknown> | null): Quote {
  const tokens = [json?.access_token, json?.refresh_token, json?.id_token];
  let secrets: ReturnType<typeof compileSecrets> | undefined;
  return (text, length) => {
    secrets ??= compileSecrets([...sent.secrets, ...tokens.filter((token) => typeof token === "string")], sent);
    return clean(removeEchoes(text.slice(0, maxQuoted), secrets).replaceAll(jwt, removed), length);
  };
}

function readProviderError(answer: TokenAnswer, json: Record<string, unknown> | null, quote: Quote): ProviderError {
  const error = json?.error;
  // Some servers nest: {"error": {"code": …, "message": …}}; that is not RFC 6749, but its words are worth showing.
  const nested = isObject(error) ? error.message : undefined;
  const description = [json?.error_description, nested, json?.message].find((value) => typeof value === "string");
  const correlation = [json?.correlation_id, ...correlationHeaders.map((name) => findHeader(answer.headers, name))];
  const correlationId = correlation.find((value) => typeof value === "string" && value !== "");
  return {
    status: answer.status,
    // RFC 6749 section 5.2 allows %x20-21 / %x23-5B / %x5D-7E.
    code:
      typeof error === "string" && /^[\x20-\x21\x23-\x5b\x5d-\x7e]{1,100}$/.test(error)
        ? quoteError(error, quote)
        : null,
    description: typeof description === "string" && description.trim() !== "" ? quote(description, 1000) : null,
    correlationId: typeof correlationId === "string" ? quote(correlationId, 100) : null,
  };
}

function quoteError(error: string, quote: Quote): string {
  return isRegisteredError(error) ? error : quote(error, 100);
}

function refused(host: string, provider: ProviderError, details: Record<string, unknown>): AppError {
  if (passingErrors.has(provider.code ?? "")) return unavailable(host, provider, details);
  return new AppError("token_request_refused", `${host} refused the token request: ${provider.code}.`, {
    provider,
    details,
  });
}

function refusedWithoutReason(host: string, provider: ProviderError, details: Record<string, unknown>): AppError {
  return new AppError(
    "token_request_refused",
    `The token endpoint answered ${provider.status} and gave no reason: client id, secret, authentication method or scope.`,
    {
      hint: `${host} says only ${provider.status}. Compare Client ID, Client secret, Client authentication and Scope with what your IT team gave you, and the Endpoint URL.`,
      // A 401 is an answer to the client's credentials whatever its body; another 4xx may come from something in between.
      retryable: provider.status !== 401,
      provider,
      details,
    },
  );
}

function unavailable(host: string, provider: ProviderError, details: Record<string, unknown>): AppError {
  const what =
    provider.status === 429
      ? "limits how often it may be asked (429)"
      : `can't answer for now (${provider.code ?? provider.status})`;
  return new AppError("token_endpoint_unavailable", `${host} ${what}.`, {
    hint: "Sallyport tries again by itself.",
    retryable: true,
    provider,
    details,
  });
}

function redirected(host: string, answer: TokenAnswer, provider: ProviderError, quote: Quote): AppError {
  const location = findHeader(answer.headers, "location");
  const target = location && URL.canParse(location, `https://${host}`) ? new URL(location, `https://${host}`) : null;
  return new AppError(
    "token_response_invalid",
    `${host} answered ${answer.status}, a redirect${target ? ` to ${quote(target.host, 300)}` : ""}; a client's secret is never sent on to another address.`,
    { hint: "The Endpoint URL is probably not that of the token endpoint.", retryable: true, provider },
  );
}

function invalid(host: string, provider: ProviderError, what: string): AppError {
  return new AppError("token_response_invalid", `${host} ${what}.`, {
    hint: "Check the Endpoint URL, and whether a proxy or a sign-in page answers in its place.",
    retryable: true,
    provider,
  });
}

/**
 * How long the server asks to be left alone (RFC 9110 section 10.2.3: seconds or a date), at most an hour. A date is
 * compared with the server's own clock where it tells the time, so that a wrong clock here or there does not matter.
 * @returns milliseconds, null when it does not say.
 */
export function readRetryAfter(headers: readonly [string, string][], now: number): number | null {
  const value = findHeader(headers, "retry-after")?.trim();
  if (!value) return null;
  const wait = /^\d{1,10}$/.test(value) ? Number(value) * 1000 : Date.parse(value) - (readServerTime(headers) ?? now);
  return Number.isNaN(wait) ? null : Math.min(Math.max(wait, 0), maxRetryAfterMs);
}

/** The server's clock by its `Date` (RFC 9110 section 6.6.1), to the second, in milliseconds; null when it does not say. */
export function readServerTime(headers: readonly [string, string][]): number | null {
  const time = Date.parse(findHeader(headers, "date") ?? "");
  return Number.isNaN(time) ? null : time;
}

function withRetryAfter(answer: TokenAnswer, now: number): Record<string, unknown> {
  const retryAfterMs = readRetryAfter(answer.headers, now);
  return retryAfterMs === null ? {} : { retryAfterMs };
}

/** JSON is UTF-8 whatever the content type says (RFC 8259 section 8.1); what is not is read as the servers mean that do so. */
function decodeText(body: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    return new TextDecoder("windows-1252").decode(body);
  }
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function describeBody(text: string, quote: Quote): string {
  if (text.trim() === "") return "an empty body";
  if (!/^\s*(<!doctype html|<html|<head|<body)/i.test(text)) return "something that is not a JSON object";
  // Nothing within the tag may begin another one, or a page full of them would take quadratic time.
  const title = /<title(?:\s[^<>]*)?>([^<]{1,2000})/i.exec(text)?.[1];
  return title ? `a web page ("${quote(title, 80)}")` : "a web page";
}

/** Text of a stranger on one line, without control characters, cut. */
function clean(text: string, length: number): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}
