import { randomBytes } from "node:crypto";
import type { Told } from "#lib/oauth/explanations/check-steps.ts";
import { entraCodes, readEntraCode } from "#lib/oauth/explanations/entra-codes.ts";
import { isRegisteredError } from "#lib/oauth/explanations/registered-errors.ts";
import type { MetadataClient, ProviderMetadata } from "#lib/oauth/providers/provider-metadata.ts";
import { getRedirectUri } from "#lib/oauth/providers/redirect-uri.ts";
import type { TokenClient } from "#lib/oauth/tokens/model.ts";
import { buildSignInUrl } from "#lib/oauth/tokens/request-token.ts";
import { AppError, isAppError } from "#lib/platform/errors/app-error.ts";
import { sendRequest } from "#lib/platform/net/request.ts";

/** What a step found: passed, or not verified with how to verify it in the hint. */
export type Found = { detail: string; verdict?: "pass" | "skipped" } & Pick<Told, "hint">;

/** Where an authorization request without a user ended: sent back to the redirect URI, or at a page. */
type Ending = { kind: "redirect"; parameters: URLSearchParams } | { kind: "page"; status: number; text: string };

const limits = { connectTimeoutMs: 5_000, timeoutMs: 10_000, maxResponseBytes: 1_048_576 };
const maxRedirects = 5;

/** OpenID Connect Core 1.0 section 3.1.2.6: answers to `prompt=none` of a provider that accepts the client and the redirect URI. */
const needsUser = new Set(["login_required", "interaction_required", "consent_required", "account_selection_required"]);
/** RFC 6749 section 4.1.2.1: refusals that every user would get. */
const refusals: Record<string, { words: string; hint: string; field: string }> = {
  unauthorized_client: {
    words: "The provider doesn't allow the authorization code flow for this client",
    hint: "Enable the flow for the client at the provider, or correct Client ID.",
    field: "clientId",
  },
  unsupported_response_type: {
    words: "The provider doesn't support the authorization code flow for this client",
    hint: "Enable the flow for the client at the provider.",
    field: "clientId",
  },
  invalid_scope: { words: "The provider rejects the scope", hint: "Correct Scope.", field: "scope" },
};
/** Entra's codes of requests that only lack a user. They're looked up to explain; the redirect decides. */
const entraNeedsUser = new Set(["50058", "16000", "65001", "50074", "50076", "50079"]);

/**
 * Sends an authorization request with `prompt=none` to learn whether the provider accepts the client and the redirect URI. Only a
 * provider that accepts a redirect URI redirects to it (RFC 6749 section 4.1.2.1). Pages are searched for errors.
 * @throws AppError `invalid_input` or `token_request_refused` if the provider refuses the request.
 */
export async function verifyRedirectUri(
  client: MetadataClient & TokenClient,
  { authorizationUrl }: ProviderMetadata,
): Promise<Found> {
  const redirectUri = getRedirectUri();
  const random = () => randomBytes(32).toString("base64url");
  const url = await buildSignInUrl(client, {
    authorizationUrl,
    redirectUri,
    state: random(),
    nonce: random(),
    codeChallenge: random(),
    responseMode: "query",
    prompt: "none",
    acrValues: null,
    claims: null,
  });
  try {
    const ending = await follow(url, redirectUri, client);
    return ending.kind === "redirect"
      ? readRedirect(ending.parameters, redirectUri)
      : readPage(ending, redirectUri, authorizationUrl);
  } catch (err) {
    if (!isAppError(err) || err.code === "invalid_input" || err.code === "token_request_refused") throw err;
    return notVerified(redirectUri, `Sallyport can't reach the sign-in page. A user's browser might. ${err.message}`);
  }
}

async function follow(start: string, redirectUri: string, client: TokenClient): Promise<Ending> {
  const { proxy, trustedCa } = client;
  let url = start;
  const headers: [string, string][] = [["accept", "text/html,*/*;q=0.5"]];
  for (let hop = 0; hop <= maxRedirects; hop++) {
    const response = await sendRequest({ ...limits, url, method: "GET", headers, body: null, proxy, trustedCa });
    const location = response.headers.find(([name]) => name.toLowerCase() === "location")?.[1];
    const isRedirect = response.status >= 300 && response.status < 400 && location !== undefined;
    if (!isRedirect) return { kind: "page", status: response.status, text: toText(response.body.toString("utf8")) };
    const next = URL.parse(location, url);
    if (!next) break;
    if (next.origin + next.pathname === redirectUri) return { kind: "redirect", parameters: readAnswer(next) };
    url = next.href;
  }
  return { kind: "page", status: 302, text: "" };
}

/** Implicit clients get the answer in the fragment. */
function readAnswer({ searchParams, hash }: URL): URLSearchParams {
  return searchParams.has("error") || searchParams.has("code") ? searchParams : new URLSearchParams(hash.slice(1));
}

function readRedirect(parameters: URLSearchParams, redirectUri: string): Found {
  const error = parameters.get("error");
  const description = parameters.get("error_description");
  const accepted = `The provider accepts the client and the redirect URI ${redirectUri}.`;
  if (error === null) {
    return parameters.has("code")
      ? { detail: accepted }
      : notVerified(redirectUri, "The provider redirected to Sallyport with neither a code nor an error.");
  }
  if (needsUser.has(error)) return { detail: accepted };
  const refusal = Object.hasOwn(refusals, error) ? refusals[error] : undefined;
  if (!refusal) {
    const known = isRegisteredError(error) ? error : "an error that isn't registered";
    return { detail: accepted, hint: `Without a user, the provider answered with ${known}.` };
  }
  throw refused(refusal.words, error, description, refusal);
}

function readPage({ status, text }: Ending & { kind: "page" }, redirectUri: string, authorizationUrl: string): Found {
  const entra = /\bAADSTS\d{4,8}: [^\n]{0,300}/.exec(text)?.[0] ?? null;
  const code = readEntraCode(entra);
  if (code && !entraNeedsUser.has(code)) {
    const known = entraCodes.get(code);
    throw refused(known?.words ?? "Entra ID refused the sign-in request", "invalid_request", entra, {
      hint: known?.hint ?? "Check Client ID, Scope, and the redirect URI in Entra ID.",
      field: known?.field ?? "clientId",
    });
  }
  if (status === 404 || status === 405 || status === 410) {
    throw new AppError("invalid_input", `There's no sign-in page at ${authorizationUrl} (status ${status}).`, {
      hint: "Correct the authorization URL.",
      fields: [{ field: "authorizationUrl", message: `No sign-in page (status ${status})` }],
    });
  }
  const isRefused = status >= 400 && status < 500 && status !== 429 && status !== 408;
  const isAboutUri = /redirect[_ ]?ur[il]|callback|reply (url|address)/i.test(text);
  const saysMismatch =
    /redirect_uri_mismatch|invalid_redirect_uri|(invalid|mismatch|not (registered|allowed|valid))[^.]{0,40}(redirect[_ ]ur[il]|callback)|(redirect[_ ]ur[il]|callback url)[^.]{0,40}(invalid|mismatch|not (registered|allowed|valid|match))/i;
  if (isRefused || saysMismatch.test(text)) {
    const said = text.slice(0, 200).trim();
    const words = isAboutUri
      ? `The provider rejects the redirect URI ${redirectUri}`
      : `The provider rejects the sign-in request with status ${status}`;
    throw new AppError("invalid_input", `${words}.${said ? ` Its page says: “${said}”` : ""}`, {
      hint: isAboutUri
        ? `Register ${redirectUri} at the provider, exactly as written.`
        : `Check Client ID and Scope, and register ${redirectUri} at the provider.`,
      fields: isAboutUri ? [] : [{ field: "clientId", message: `Rejected with status ${status}` }],
    });
  }
  const seen = status < 300 ? "The provider shows a sign-in page" : `The sign-in page answered with status ${status}`;
  return notVerified(redirectUri, `${seen}, so it doesn't say yet whether it accepts the redirect URI.`);
}

function refused(
  words: string,
  error: string,
  description: string | null,
  { hint, field }: { hint: string; field: string },
): AppError {
  const provider = { status: null, code: error, description, correlationId: null };
  // Entra's codes are explained from the description; other errors by the message.
  return readEntraCode(description)
    ? new AppError("token_request_refused", `${words}.`, { hint, provider })
    : new AppError("invalid_input", `${words} (${error}).`, { hint, fields: [{ field, message: words }] });
}

function notVerified(redirectUri: string, detail: string): Found {
  return {
    verdict: "skipped",
    detail,
    hint: `Register ${redirectUri} at the provider, exactly as written. To verify it, select Mapping sandbox and sign in once.`,
  };
}

/** The visible text of a page. What Entra's pages say about an error is in a script. */
function toText(html: string): string {
  const entra = /AADSTS\d{4,8}: [^"<\\\n]{0,300}/.exec(html)?.[0];
  const visible = html
    .replace(/<(script|style|head)\b[\s\S]*?<\/\1\s*>/gi, " ")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ");
  return entra ? `${entra}\n${visible}` : visible;
}
