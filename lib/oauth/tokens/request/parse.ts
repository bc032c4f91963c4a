import { AppError, type ProviderError } from "#lib/platform/errors/app-error.ts";
import { findHeader } from "#lib/platform/net/headers.ts";
import { type Clean, createClean, readProviderError } from "./provider-words.ts";
import { type ParsedToken, type ResponseSettings, readToken, UnusableToken } from "./read-token.ts";
import { createRedaction, type Sent } from "./redact-response.ts";
import { membersOf, type ResponseBody, readBody } from "./response-body.ts";
import { readRetryAfter } from "./retry-after.ts";

/** What came back from a token endpoint, as it came. */
export type TokenAnswer = { status: number; headers: [string, string][]; body: Uint8Array };

/** @param sent by the request. What is kept of the response holds neither these nor the response's own tokens. */
export type ParseSettings = ResponseSettings & { sent: Sent };

/** RFC 6749 section 4.1.2.1 errors that some servers send from the token endpoint too; they pass by themselves. */
const passingErrors = new Set(["temporarily_unavailable", "server_error"]);
const plainSettings: ParseSettings = { tokenMember: null, acceptAnyTokenType: false, sent: { secrets: [], shown: "" } };

/**
 * Reads the response of a token endpoint (RFC 6749 sections 5.1 and 5.2), trusting nothing in it: also the ID token and
 * the refresh token that a sign-in or its renewal brings.
 * @param host of the endpoint, for the messages.
 * @param now milliseconds, for a Retry-After that is a date.
 * @throws AppError `token_request_refused` (it said no), `token_endpoint_unavailable` (it can't answer for now),
 *   `token_response_invalid` (what it said is no token); `provider` has what it said, `details.retryAfterMs` its wish.
 */
export function parseTokenAnswer(
  answer: TokenAnswer,
  host: string,
  now: number,
  settings = plainSettings,
): ParsedToken & { idToken: string | null; refreshToken: string | null } {
  const body = readBody(answer.headers, answer.body);
  const clean = createClean(createRedaction(settings.sent, membersOf(body)));
  const provider = readProviderError(answer, body, clean);
  const details = withRetryAfter(answer, now);
  const invalid = (what: string, hint: string) =>
    new AppError("token_response_invalid", `${host} ${what}.`, { hint, retryable: true, provider, details });
  if (answer.status === 429 || answer.status === 408 || answer.status >= 500) {
    throw unavailable(host, provider, details);
  }
  if (provider.code !== null) throw refused(host, provider, details);
  if (answer.status >= 400) throw refusedWithoutReason(host, provider, details);
  if (answer.status >= 300) throw redirected(host, answer, provider, clean);
  if (answer.status !== 200 && answer.status !== 201) {
    throw invalid(`answered ${answer.status}, which is no answer to a token request`, checkEndpoint);
  }
  const members = membersOf(body);
  if (!members) {
    const page = body.format === "html" ? clean(body.title, 80) : "";
    throw invalid(`answered ${answer.status} with ${describeBody(body, page)} instead of a token`, hintOf(body));
  }
  try {
    return readToken({ members, noun: nouns[body.format] }, settings, clean);
  } catch (err) {
    if (!(err instanceof UnusableToken)) throw err;
    throw invalid(err.message, err.hint);
  }
}

function refused(host: string, provider: ProviderError, details: Record<string, unknown>): AppError {
  if (passingErrors.has(provider.code ?? "")) return unavailable(host, provider, details);
  return new AppError("token_request_refused", `${host} refused the token request: ${provider.code}.`, {
    provider,
    details,
  });
}

function refusedWithoutReason(host: string, provider: ProviderError, details: Record<string, unknown>): AppError {
  const options = {
    // A 401 is an answer to the client's credentials whatever its body; another 4xx may come from something in between.
    retryable: provider.status !== 401,
    provider,
    details,
  };
  if (provider.description !== null) {
    return new AppError("token_request_refused", `${host} refused the token request (${provider.status}).`, {
      hint: "Check what the provider says. If that doesn't help, check Client ID, Client Secret, Client authentication, Scope, and the Endpoint URL.",
      ...options,
    });
  }
  return new AppError(
    "token_request_refused",
    `The token endpoint answered ${provider.status} and gave no reason: client id, secret, authentication method or scope.`,
    {
      hint: `${host} says only ${provider.status}. Compare Client ID, Client secret, Client authentication and Scope with what your IT team gave you, and the Endpoint URL.`,
      ...options,
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

function redirected(host: string, answer: TokenAnswer, provider: ProviderError, clean: Clean): AppError {
  const location = findHeader(answer.headers, "location");
  const target = location && URL.canParse(location, `https://${host}`) ? new URL(location, `https://${host}`) : null;
  return new AppError(
    "token_response_invalid",
    `${host} answered ${answer.status}, a redirect${target ? ` to ${clean(target.host, 300)}` : ""}; a client's secret is never sent on to another address.`,
    { hint: "The Endpoint URL is probably not that of the token endpoint.", retryable: true, provider },
  );
}

const checkEndpoint = "Check that the Endpoint URL is the token endpoint's.";

function hintOf(body: ResponseBody): string {
  if (body.format !== "html") return checkEndpoint;
  return `${checkEndpoint} A web page can also come from a sign-in page or a proxy in front of it.`;
}

function withRetryAfter(answer: TokenAnswer, now: number): Record<string, unknown> {
  const retryAfterMs = readRetryAfter(answer.headers, now);
  return retryAfterMs === null ? {} : { retryAfterMs };
}

const nouns: Record<ResponseBody["format"], string> = {
  json: "a JSON object",
  form: "a form",
  xml: "XML",
  html: "a web page",
  text: "text",
  empty: "empty",
};

/** @param title of a web page. */
function describeBody(body: ResponseBody, title: string): string {
  if (body.format === "empty") return "an empty body";
  if (body.format === "html") return title ? `a web page ("${title}")` : "a web page";
  if (body.format === "json")
    return Array.isArray(body.value) ? "a list (not a JSON object)" : "something that is not a JSON object";
  return "something that is not a JSON object";
}
