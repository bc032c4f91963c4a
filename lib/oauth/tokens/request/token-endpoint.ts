import { readClientCertificate, tokenUrlOf } from "#lib/oauth/client-authentication/mutual-tls.ts";
import { clientAuthenticationMethods, usesSecret } from "#lib/oauth/client-authentication/registry.ts";
import { AppError, isAppError, type ProviderError, toAppError } from "#lib/platform/errors/app-error.ts";
import { countTokenRequest } from "#lib/platform/metrics/count.ts";
import { sendRequest } from "#lib/platform/net/request.ts";
import { traced } from "#lib/platform/tracing/traced.ts";
import { tokenRequestLimits } from "../limits.ts";
import type { ReceivedUserTokens, TokenClient } from "../model.ts";
import { parseUserTokenAnswer, readServerTime, type Sent, type TokenAnswer } from "./parse.ts";

type TokenRequest = { url: string; headers: [string, string][]; form: URLSearchParams };

/**
 * Posts a token request and reads the answer: the last step of both libraries, which only build the request.
 * @param now clock, milliseconds.
 * @throws AppError as `sendRequest` and `parseUserTokenAnswer`; without the client's secrets, even if the provider echoes them.
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
      headers: [
        ...request.headers.filter(([name]) => !/^(content-type|accept)$/i.test(name)),
        ["content-type", "application/x-www-form-urlencoded;charset=UTF-8"],
        ["accept", "application/json"],
      ],
      body: request.form.toString(),
      proxy: client.proxy,
      trustedCa: null,
      trace: client.trace,
      clientCertificate: readClientCertificate(client),
    });
    answer = response;
    const parsed = parseUserTokenAnswer(response, new URL(tokenUrlOf(client)).host, now(), sent);
    count("succeeded");
    return { ...parsed, requestedAt, proxy: response.proxy };
  } catch (err) {
    count(toAppError(err).code);
    throw withProof(withClocks(err, client, answer, now()), client);
  }
}

/** What of a token request must not be kept if the provider repeats it. */
function listSent(client: TokenClient, { headers, form }: TokenRequest): Sent {
  const { clientId, clientSecret, proxy } = client;
  const secrets = [
    ...(clientSecret ? [clientSecret] : []),
    ...(proxy.mode === "manual" && proxy.password ? [proxy.password] : []),
    ...[...form].filter(([name]) => isSecretParameter(name)).map(([, value]) => value),
    ...headers.filter(([name]) => /^authorization$/i.test(name)).map(([, value]) => value.replace(/^\S+ /, "")),
  ];
  return { secrets, shown: clientId };
}

function isSecretParameter(name: string): boolean {
  return /secret|passw|token|assertion|code|credential|key/i.test(name) && !/_(type|use|method|hint)$/i.test(name);
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

function changeError(
  err: AppError,
  changes: { provider?: ProviderError; details?: Record<string, unknown> },
): AppError {
  return new AppError(err.code, err.message, {
    hint: err.hint ?? undefined,
    retryable: err.retryable,
    details: changes.details ?? err.details,
    fields: err.fields,
    provider: changes.provider ?? err.provider ?? undefined,
  });
}
