import { randomBytes } from "node:crypto";
import { tokenUrlOf, withMutualTlsUrl } from "#lib/oauth/client-authentication/mutual-tls.ts";
import { deriveEntraUrls } from "#lib/oauth/credentials/entra-url.ts";
import { type CheckStep, failStep, makeStep, skipAfter } from "#lib/oauth/explanations/check-steps.ts";
import { type CheckStepName, userCheckSteps } from "#lib/oauth/explanations/step-names.ts";
import { fetchDocument } from "#lib/oauth/providers/documents.ts";
import {
  getProviderMetadata,
  type MetadataClient,
  type ProviderMetadata,
} from "#lib/oauth/providers/provider-metadata.ts";
import { getRedirectUri } from "#lib/oauth/providers/redirect-uri.ts";
import type { TokenClient } from "#lib/oauth/tokens/model.ts";
import { exchangeCode } from "#lib/oauth/tokens/request-token.ts";
import { AppError, toAppError } from "#lib/platform/errors/app-error.ts";
import { type NetworkTrace, startTrace } from "#lib/platform/net/trace.ts";
import { compareClocks, describeClock } from "./clock-step.ts";
import { findFailedStep, type Inspection } from "./inspect-application.ts";
import { describePath } from "./network-steps.ts";
import { probeEndpoint } from "./probe-endpoint.ts";
import { type Found, verifyRedirectUri } from "./redirect-uri-step.ts";

/** Everything that a User credential's check needs; unsaved values will do. */
export type UserClient = MetadataClient & TokenClient;

/**
 * Checks a User credential without a user: connects to the token endpoint, compares the provider's metadata and keys with the
 * credential, redeems a dummy code, and sends an authorization request without a page.
 */
export async function inspectUser(credential: UserClient, clock: () => number): Promise<Inspection> {
  const { trace, failure } = await probeEndpoint(credential);
  if (failure && findFailedStep(failure) === "configuration") {
    const steps = [failStep("configuration", failure, credential), ...skipAfter(userCheckSteps, "configuration")];
    return { steps, failure, trace: null, accessToken: null, unverified: null };
  }
  const opened = [
    makeStep("configuration", "pass", "Everything that a sign-in needs is there."),
    ...describePath(trace, failure, credential, clock()),
  ];
  const failedWay = opened.at(-1);
  if (failure && failedWay) {
    const steps = [...opened, ...skipAfter(userCheckSteps, failedWay.step)];
    return { steps, failure, trace, accessToken: null, unverified: null };
  }
  return { ...(await inspectProvider(credential, opened, clock)), accessToken: null };
}

async function inspectProvider(
  credential: UserClient,
  steps: CheckStep[],
  clock: () => number,
): Promise<Omit<Inspection, "accessToken">> {
  const trace = startTrace();
  const seen: { metadata: ProviderMetadata | null } = { metadata: null };
  let failure: AppError | null = null;
  const take = async (step: CheckStepName, look: () => Promise<Found>) => {
    if (failure) return;
    const startedAt = clock();
    const told = () => ({ durationMs: clock() - startedAt });
    try {
      const { detail, verdict = "pass", hint = null } = await look();
      if (step === "client") steps.push(describeAnswer(withMutualTlsUrl(credential, seen.metadata), trace));
      steps.push(makeStep(step, verdict, detail, { hint, ...told() }));
    } catch (err) {
      failure = toAppError(err);
      if (failure.code === "internal") throw err;
      const failed = step === "client" ? findFailedStep(failure) : step;
      const isAboutClient = step === "client" && failed !== "token_endpoint" && failed !== "configuration";
      if (isAboutClient) steps.push(describeAnswer(withMutualTlsUrl(credential, seen.metadata), trace));
      const at = step === "client" ? (isAboutClient ? "client" : "token_endpoint") : step;
      steps.push(failStep(at, failure, credential, told()), ...skipAfter(userCheckSteps, at));
    }
  };
  await take("metadata", async () => {
    seen.metadata = await getProviderMetadata(credential, clock);
    return compareMetadata(credential, seen.metadata, clock);
  });
  await take("keys", () => lookAtKeys(credential, seen.metadata, clock));
  await take("client", () => redeemDummyCode({ ...withMutualTlsUrl(credential, seen.metadata), trace }, clock));
  await take("redirect_uri", () => verifyRedirectUri(credential, seen.metadata!));
  if (failure) return { steps, failure, trace, unverified: null };
  const hint = "To verify them without starting a session, select Mapping sandbox and sign in once.";
  const signIn = makeStep("sign_in", "skipped", "Claims and roles aren't verified until a user signs in.", { hint });
  steps.push(describeClock(compareClocks(trace, null, clock())), signIn);
  const client = steps.find(({ step, verdict }) => step === "client" && verdict === "skipped");
  return { steps, failure, trace, unverified: client?.detail ?? null };
}

function describeAnswer(client: UserClient, { answer }: NetworkTrace): CheckStep {
  const { host } = new URL(tokenUrlOf(client));
  return makeStep("token_endpoint", "pass", `${host} answered${answer ? ` ${answer.status}` : ""}.`, {
    durationMs: answer?.ms ?? null,
  });
}

/** The discovery document, where there is one, against what the credential says. */
async function compareMetadata(
  credential: UserClient,
  metadata: ProviderMetadata,
  clock: () => number,
): Promise<Found> {
  const { issuer } = metadata;
  const named = issuer.kind === "exact" ? issuer.issuer : issuer.template;
  const derived = credential.provider === "entra" ? deriveEntraUrls(credential.endpointUrl) : null;
  const isEntered = credential.authorizationUrl && credential.jwksUrl && credential.issuer;
  const url =
    credential.discoveryUrl ??
    derived?.discoveryUrl ??
    (isEntered ? null : `${named.replace(/\/$/, "")}/.well-known/openid-configuration`);
  if (url === null) return { detail: `All URLs are entered. The issuer is ${named}.` };
  const { json } = await fetchDocument(url, credential, clock, clock() - 1);
  const isEntra = credential.provider === "entra";
  const compare = (name: string, expected: string, field: string, begins: string) => {
    const stated = json[name];
    if (stated === undefined && name !== "issuer") return;
    if (typeof stated === "string" && withoutTenant(stated, isEntra) === withoutTenant(expected, isEntra)) return;
    throw mismatch(field, `${begins} ${String(stated)}; the credential has ${expected}.`);
  };
  compare("issuer", named, "issuer", "The provider calls itself");
  // Who shows a certificate may as well have entered where such clients go.
  const alias = withMutualTlsUrl(credential, metadata).mutualTlsUrl ?? null;
  if (credential.endpointUrl !== alias) {
    compare("token_endpoint", credential.endpointUrl, "endpointUrl", "The provider's token endpoint is");
  }
  compare("authorization_endpoint", metadata.authorizationUrl, "authorizationUrl", "The provider's sign-in page is");
  compare("jwks_uri", metadata.jwksUrl, "jwksUrl", "The provider's keys are at");
  const types = json.response_types_supported;
  if (Array.isArray(types) && !types.includes("code")) {
    throw mismatch("endpointUrl", "The provider does not offer the authorization code flow.");
  }
  if (issuer.kind === "entra_tenants" && issuer.accounts !== "personal" && issuer.allowed.length === 0) {
    throw mismatch(
      "allowedTenants",
      "No tenant is allowed to sign in: enter the ids of those that may in Allowed tenants.",
    );
  }
  const methods = json.code_challenge_methods_supported;
  const withoutPkce = Array.isArray(methods) && !methods.includes("S256");
  return {
    detail: `The provider's metadata fits. The issuer is ${named}.${alias === null ? "" : ` Tokens are asked for at ${alias}, where it wants clients with a certificate.`}`,
    hint: withoutPkce
      ? "The provider does not say that it knows PKCE (S256); Sallyport sends it all the same."
      : undefined,
  };
}

/** Entra names a tenant by its id, whatever name it was asked by, and an authority for many by a placeholder. */
function withoutTenant(url: string, isEntra: boolean): string {
  return isEntra ? url.replace(/^(https?:\/\/[^/]+)\/[^/]+\//, "$1/tenant/") : url;
}

function mismatch(field: string, message: string): AppError {
  return new AppError("invalid_input", message, { hint: "Edit the credential.", fields: [{ field, message }] });
}

async function lookAtKeys(
  credential: UserClient,
  metadata: ProviderMetadata | null,
  clock: () => number,
): Promise<Found> {
  const url = metadata?.jwksUrl ?? "";
  const { json } = await fetchDocument(url, credential, clock, clock() - 1);
  const keys = (Array.isArray(json.keys) ? json.keys : []) as { kty?: unknown; use?: unknown }[];
  const usable = keys.filter(({ kty, use }) => typeof kty === "string" && kty !== "oct" && (use ?? "sig") === "sig");
  if (usable.length === 0) throw mismatch("jwksUrl", `${url} publishes no key that an ID token could be signed with.`);
  return { detail: `The provider publishes ${usable.length === 1 ? "1 key" : `${usable.length} keys`}.` };
}

/** Errors that providers return for an unknown client or an invalid secret, registered or their own (`incorrect_client_credentials`). */
const isAboutClient = (error: string) => /client|secret|credential/i.test(error);

/**
 * Redeems a dummy code. A provider that accepts the client rejects only the code: `invalid_grant` (RFC 6749 section 5.2). Any other
 * error that isn't about the client verifies nothing.
 */
async function redeemDummyCode(credential: UserClient, clock: () => number): Promise<Found> {
  const random = () => randomBytes(32).toString("base64url");
  const exchange = { code: `sallyport-check-${random()}`, codeVerifier: random(), redirectUri: getRedirectUri() };
  try {
    await exchangeCode(credential, exchange, clock);
  } catch (err) {
    const { provider, code } = toAppError(err);
    if (code !== "token_request_refused" || provider === null) throw err;
    if (provider.code === "invalid_grant") {
      const what = credential.clientSecret || credential.privateKey ? "client and its secret" : "client";
      return { detail: `The provider accepts the ${what}. It rejected only the dummy code.` };
    }
    const { status, code: error, description } = provider;
    const isRefused = error === null ? status === 404 || status === 405 : isAboutClient(error);
    if (isRefused || status === 401 || error === "unsupported_grant_type") throw err;
    const said = [error ?? `status ${status}`, description].filter(Boolean).join(": ");
    return {
      verdict: "skipped",
      detail: `The provider rejected the dummy code for a reason that doesn't show whether it accepts the client (${said}).`,
      hint: "To verify Client ID and Client Secret, select Mapping sandbox and sign in once.",
    };
  }
  throw new AppError("token_response_invalid", "The token endpoint issued a token for a dummy code.", {
    hint: "Check the Endpoint URL. This token endpoint can't be trusted.",
  });
}
