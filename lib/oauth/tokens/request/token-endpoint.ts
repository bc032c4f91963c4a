import { hasEncodedBasic } from "#lib/oauth/client-authentication/encoded-basic.ts";
import { readClientCertificate, tokenUrlOf } from "#lib/oauth/client-authentication/mutual-tls.ts";
import { clientAuthenticationMethods, usesSecret } from "#lib/oauth/client-authentication/registry.ts";
import type { NameValue } from "#lib/oauth/grants/model.ts";
import { listExtraParameters } from "#lib/oauth/grants/token-parameters.ts";
import { AppError, isAppError, toAppError } from "#lib/platform/errors/app-error.ts";
import { hasSecretParameterName } from "#lib/platform/header-values/secret-names.ts";
import { countTokenRequest } from "#lib/platform/metrics/count.ts";
import { sendRequest } from "#lib/platform/net/request.ts";
import { traced } from "#lib/platform/tracing/traced.ts";
import { tokenRequestLimits } from "../limits.ts";
import type { ReceivedUserTokens, TokenClient } from "../model.ts";
import { parseTokenAnswer, type TokenAnswer } from "./parse.ts";
import type { Sent } from "./redact-response.ts";
import { readServerTime } from "./retry-after.ts";

type TokenRequest = { url: string; headers: [string, string][]; form: URLSearchParams };

/**
 * Posts a token request and reads the answer: the last step of both libraries, which only build the request.
 * @param now clock, milliseconds.
 * @throws AppError as `sendRequest` and `parseTokenAnswer`; without the client's secrets, even if the provider echoes them.
 */
export function postTokenRequest(
  client: TokenClient,
  request: TokenRequest,
  now: () => number,
): Promise<ReceivedUserTokens> {
  const { hostname } = new URL(request.url);
  const describe = () => ({ "server.address": hostname, "sallyport.grant": request.form.get("grant_type") ?? "none" });
  return traced("token request", "CLIENT", describe, () => postCounted(client, request, now));
}

async function postCounted(client: TokenClient, request: TokenRequest, now: () => number): Promise<ReceivedUserTokens> {
  const requestedAt = now();
  const began = performance.now();
  const count = (outcome: string) =>
    countTokenRequest({
      host: new URL(request.url).host,
      grant: request.form.get("grant_type") ?? "none",
      outcome,
      seconds: (performance.now() - began) / 1000,
    });
  const sent = listSent(client, request);
  let answer: TokenAnswer | undefined;
  try {
    const response = await sendRequest({
      ...tokenRequestLimits,
      url: request.url,
      method: "POST",
      headers: listHeaders(client, request),
      body: withExtraParameters(client, request.form).toString(),
      // A code is valid once, so the provider would refuse it the second time and may revoke its tokens (RFC 6749 section 4.1.2).
      isRepeatable: request.form.get("grant_type") !== "authorization_code",
      proxy: client.proxy,
      trustedCa: client.trustedCa,
      trace: client.trace,
      clientCertificate: readClientCertificate(client),
    });
    answer = response;
    const { tokenMember, acceptAnyTokenType } = client;
    const settings = { tokenMember, acceptAnyTokenType, sent };
    const parsed = parseTokenAnswer(response, new URL(tokenUrlOf(client)).host, now(), settings);
    count("succeeded");
    return { ...parsed, requestedAt, proxy: response.proxy };
  } catch (err) {
    count(toAppError(err).code);
    throw withRequestFacts(withProof(withClocks(err, client, answer, now()), client), client, request);
  }
}

/** What of a token request must not be kept if the provider repeats it. */
function listSent(client: TokenClient, { headers, form }: TokenRequest): Sent {
  const { clientId, clientSecret, proxy } = client;
  const secrets = [
    ...(clientSecret ? [clientSecret] : []),
    ...(proxy.mode === "manual" && proxy.password ? [proxy.password] : []),
    ...[...form].filter(([name]) => hasSecretParameterName(name)).map(([, value]) => value),
    ...headers.filter(([name]) => /^authorization$/i.test(name)).map(([, value]) => value.replace(/^\S+ /, "")),
  ];
  const added = [...client.tokenHeaders, ...listExtraParameters(client).filter(isSecretValue)];
  return { secrets: [...secrets, ...added.map(({ value }) => value)], shown: clientId };
}

/** What is unmarked is redacted by its name all the same. */
function isSecretValue({ name, secret }: NameValue): boolean {
  return secret === true || hasSecretParameterName(name);
}

/** A client without any secret, which a sign-in may have (RFC 6749 section 2.1). */
export function isPublicClient(client: TokenClient): boolean {
  return usesSecret(client) && !client.clientSecret;
}

/** Notes how far the clocks are apart where the provider judges by them: a signed request is good for minutes only. */
function withClocks(err: unknown, client: TokenClient, answer: TokenAnswer | undefined, now: number): unknown {
  const serverTime = answer && readServerTime(answer.headers);
  if (!isAppError(err) || serverTime == null) return err;
  if (!clientAuthenticationMethods[client.clientAuthentication].dependsOnClock) return err;
  const clockAheadMs = now - serverTime;
  return Math.abs(clockAheadMs) < 30_000 ? err : changeError(err, { details: { ...err.details, clockAheadMs } });
}

/** Notes that the client proved itself by its certificate: a refusal is about that then, not about a secret. */
function withProof(err: unknown, client: TokenClient): unknown {
  if (!isAppError(err) || err.code !== "token_request_refused" || usesSecret(client)) return err;
  return changeError(err, { details: { ...err.details, proof: "certificate" } });
}

/** Records what the request had that can explain a refusal. */
function withRequestFacts(err: unknown, client: TokenClient, { url, form }: TokenRequest): unknown {
  if (!isAppError(err) || err.code !== "token_request_refused") return err;
  const inUrl = new URL(url).searchParams.get("grant_type");
  const grant = { grantType: form.get("grant_type"), ...(inUrl !== null && { grantTypeInUrl: inUrl }) };
  const facts = { ...grant, ...(hasEncodedBasic(client) && { hasEncodedBasic: true }) };
  return changeError(err, { details: { ...err.details, ...facts } });
}

/** Adds the credential's token parameters in their order; they replace what a library sets. */
function withExtraParameters(client: TokenClient, form: URLSearchParams): URLSearchParams {
  const extra = listExtraParameters(client);
  const names = new Set(extra.map(({ name }) => name));
  const pairs = [...form].filter(([name]) => !names.has(name));
  return new URLSearchParams([...pairs, ...extra.map(({ name, value }) => [name, value])]);
}

/**
 * Lists the headers. The media type has no charset: its registration defines none, and some servers reject one. The
 * credential's headers come last and replace others.
 */
function listHeaders({ tokenHeaders }: TokenClient, { headers }: TokenRequest): [string, string][] {
  const fixed: [string, string][] = [
    ...headers.filter(([name]) => !/^(content-type|accept)$/i.test(name)),
    ["content-type", "application/x-www-form-urlencoded"],
    ["accept", "application/json"],
  ];
  const names = new Set(tokenHeaders.map(({ name }) => name.toLowerCase()));
  return [
    ...fixed.filter(([name]) => !names.has(name.toLowerCase())),
    ...tokenHeaders.map(({ name, value }): [string, string] => [name, value]),
  ];
}

function changeError(err: AppError, changes: { details: Record<string, unknown> }): AppError {
  return new AppError(err.code, err.message, {
    hint: err.hint ?? undefined,
    retryable: err.retryable,
    details: changes.details,
    fields: err.fields,
    provider: err.provider ?? undefined,
  });
}
