import { usesMutualTls, usesSecret } from "#lib/oauth/credentials/kinds.ts";
import { AppError, isAppError, type ProviderError, toAppError } from "#lib/platform/errors/app-error.ts";
import { countTokenRequest } from "#lib/platform/metrics/count.ts";
import { sendRequest } from "#lib/platform/net/request.ts";
import type { ClientCertificate } from "#lib/platform/net/trust.ts";
import { traced } from "#lib/platform/tracing/traced.ts";
import type { ReceivedToken, ReceivedUserTokens, TokenClient } from "./model.ts";
import { type ParsedToken, parseTokenAnswer, parseUserTokenAnswer, readServerTime, type TokenAnswer } from "./parse.ts";

/** Limits of a token request. A token endpoint that needs longer or says more is not well. */
export const tokenRequestLimits = { connectTimeoutMs: 5_000, timeoutMs: 15_000, maxResponseBytes: 262_144 };

/** Parameters that the grant and the credential's own fields decide. */
const reserved = new Set([
  "grant_type",
  "client_id",
  "client_secret",
  "client_assertion",
  "client_assertion_type",
  "scope",
  "code",
  "code_verifier",
  "redirect_uri",
  "refresh_token",
]);

/**
 * Posts a token request and reads the answer: the last step of both libraries, which only build the request.
 * @param now clock, milliseconds.
 * @throws AppError as `sendRequest` and `parseTokenAnswer`; without the client's secrets, even if the provider echoes them.
 */
export function postTokenRequest(
  client: TokenClient,
  request: TokenRequest,
  now: () => number,
): Promise<ReceivedToken> {
  return post(client, request, now, parseTokenAnswer);
}

/**
 * Posts the request of a sign-in or its renewal: like `postTokenRequest`, and the answer may hold an ID token and a
 * refresh token.
 */
export function postUserTokenRequest(
  client: TokenClient,
  request: TokenRequest,
  now: () => number,
): Promise<ReceivedUserTokens> {
  return post(client, request, now, parseUserTokenAnswer);
}

type TokenRequest = { url: string; headers: [string, string][]; form: URLSearchParams };

type Parse<T> = (answer: TokenAnswer, host: string, now: number) => T;
type Answered<T> = T & { requestedAt: number; proxy: string };

function post<T extends ParsedToken>(
  client: TokenClient,
  request: TokenRequest,
  now: () => number,
  parse: Parse<T>,
): Promise<Answered<T>> {
  const { hostname } = new URL(request.url);
  const describe = () => ({ "server.address": hostname, "sallyport.grant": request.form.get("grant_type") ?? "none" });
  return traced("token request", "CLIENT", describe, () => postCounted(client, request, now, parse));
}

async function postCounted<T extends ParsedToken>(
  client: TokenClient,
  request: TokenRequest,
  now: () => number,
  parse: Parse<T>,
): Promise<Answered<T>> {
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
      proxy: client.proxy,
      trustedCa: null,
      trace: client.trace,
      clientCertificate: readClientCertificate(client),
    });
    answer = response;
    const parsed = parse(response, new URL(tokenUrlOf(client)).host, now());
    count("succeeded");
    return { ...parsed, requestedAt, proxy: response.proxy };
  } catch (err) {
    count(toAppError(err).code);
    throw withoutSecrets(withProof(withClocks(err, client, answer, now()), client), client);
  }
}

/** Where a client's token requests go: to the alias of the endpoint for mutual TLS, where there is one. */
export function tokenUrlOf({ endpointUrl, mutualTlsUrl }: Pick<TokenClient, "endpointUrl" | "mutualTlsUrl">): string {
  return mutualTlsUrl ?? endpointUrl;
}

/** The scope of a sign-in: the credential's, and `openid` in any case, without which there is no ID token. */
export function signInScope(client: TokenClient): string {
  const scopes = client.scope.split(" ").filter(Boolean);
  if (scopes.length === 0) return "openid profile";
  return scopes.includes("openid") ? client.scope : `openid ${client.scope}`;
}

/** The credential's extra token parameters, without those that its other fields decide. */
export function extraParameters(client: TokenClient): [string, string][] {
  return Object.entries(client.tokenParameters).filter(([name]) => !reserved.has(name));
}

/**
 * `client_secret_basic`, RFC 6749 section 2.3.1. Encodes only what must be: many servers do not decode, and a strict
 * encoding of `-_.~` would make their secrets wrong.
 */
export function basicAuthorization(client: TokenClient): string {
  const text = `${encodeURIComponent(client.clientId)}:${encodeURIComponent(requireSecret(client))}`;
  return `Basic ${Buffer.from(text, "utf8").toString("base64")}`;
}

/** @throws AppError `invalid_input` when none is set. */
export function requireSecret(client: TokenClient): string {
  if (client.clientSecret) return client.clientSecret;
  throw missing("clientSecret", "There is no client secret.");
}

/** @throws AppError `invalid_input` when one of the two is not set. */
export function requireKeyPair(client: Pick<TokenClient, "privateKey" | "certificate">): {
  privateKey: string;
  certificate: string;
} {
  if (!client.privateKey) throw missing("privateKey", "There is no private key for the certificate.");
  if (!client.certificate) throw missing("certificate", "There is no certificate.");
  return { privateKey: client.privateKey, certificate: client.certificate };
}

/**
 * What is shown in TLS at the token endpoint (RFC 8705 section 2), null when nothing is.
 * @throws AppError `invalid_input` when it should be and is not set.
 */
export function readClientCertificate(client: CertificateClient): ClientCertificate | null {
  if (!usesMutualTls(client)) return null;
  const { privateKey: key, certificate } = requireKeyPair(client);
  return { key, certificate };
}

/** A client without any secret, which a sign-in may have (RFC 6749 section 2.1). */
export function isPublicClient(client: TokenClient): boolean {
  return usesSecret(client) && !client.clientSecret;
}

/** What of a client decides what it shows in TLS. */
export type CertificateClient = Pick<
  TokenClient,
  "clientAuthentication" | "presentCertificate" | "privateKey" | "certificate"
>;

/** `invalid_input` for what a credential lacks to ask for a token. */
export function missing(field: string, message: string): AppError {
  return new AppError("invalid_input", message, {
    fields: [{ field, message }],
    hint: "Edit the credential and enter it.",
  });
}

/** Notes how far the clocks are apart where the provider judges by them: a signed request is good for minutes only. */
function withClocks(err: unknown, client: TokenClient, answer: TokenAnswer | undefined, now: number): unknown {
  const serverTime = answer && readServerTime(answer.headers);
  if (!isAppError(err) || serverTime == null || client.clientAuthentication !== "private_key_jwt") return err;
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
