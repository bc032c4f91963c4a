import { readClientCertificate, tokenUrlOf } from "#lib/oauth/client-authentication/mutual-tls.ts";
import { clientAuthenticationMethods, usesSecret } from "#lib/oauth/client-authentication/registry.ts";
import { AppError, isAppError, type ProviderError, toAppError } from "#lib/platform/errors/app-error.ts";
import { countTokenRequest } from "#lib/platform/metrics/count.ts";
import { sendRequest } from "#lib/platform/net/request.ts";
import { traced } from "#lib/platform/tracing/traced.ts";
import { tokenRequestLimits } from "../limits.ts";
import type { ReceivedUserTokens, TokenClient } from "../model.ts";
import { parseUserTokenAnswer, readServerTime, type TokenAnswer } from "./parse.ts";

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
      // A code is valid once, so the provider would refuse it the second time and may revoke its tokens (RFC 6749 section 4.1.2).
      isRepeatable: request.form.get("grant_type") !== "authorization_code",
      proxy: client.proxy,
      trustedCa: null,
      trace: client.trace,
      clientCertificate: readClientCertificate(client),
    });
    answer = response;
    const parsed = parseUserTokenAnswer(response, new URL(tokenUrlOf(client)).host, now());
    count("succeeded");
    return { ...parsed, requestedAt, proxy: response.proxy };
  } catch (err) {
    count(toAppError(err).code);
    throw withoutSecrets(withProof(withClocks(err, client, answer, now()), client), client);
  }
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

/** A signed request, or a token, that a provider repeats. */
const jwt = /\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*/g;

/** The client's secret as it was sent: in the body, or as HTTP Basic. */
function listSecretForms({ clientId, clientSecret }: TokenClient): string[] {
  if (!clientSecret) return [];
  const encode = (id: string, secret: string) => Buffer.from(`${id}:${secret}`, "utf8").toString("base64");
  const encoded = encodeURIComponent(clientSecret);
  return [encode(encodeURIComponent(clientId), encoded), encode(clientId, clientSecret), clientSecret, encoded];
}

function withoutSecrets(err: unknown, client: TokenClient): unknown {
  if (!isAppError(err) || !err.provider?.description) return err;
  let description = err.provider.description.replaceAll(jwt, "[removed]");
  for (const form of listSecretForms(client)) description = description.replaceAll(form, "[removed]");
  if (description === err.provider.description) return err;
  return changeError(err, { provider: { ...err.provider, description } });
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
