import { randomBytes } from "node:crypto";
import { deriveEntraUrls } from "../credentials/entra-url.ts";
import type { OpenCredential } from "../credentials/model.ts";
import { AppError, toAppError } from "../errors.ts";
import type { CheckStep, CheckStepName, UserCheckStepName } from "./check-steps.ts";
import { fetchDocument } from "./documents.ts";
import { explainFailure } from "./explain.ts";
import { getProviderMetadata, type ProviderMetadata } from "./provider-metadata.ts";
import { getRedirectUri } from "./redirect-uri.ts";
import { exchangeCode } from "./user-tokens.ts";

/** What a check found out; `failure` is what the credential's status follows from, null when all is well. */
export type UserCheck = { steps: CheckStep[]; failure: AppError | null };

type Found = { detail: string; verdict?: "pass" | "skipped"; hint?: string };

/**
 * Checks a User credential without anyone signing in: the provider's metadata and keys are fetched and compared with the
 * credential, and a made-up code is redeemed, which tells a wrong client or secret from a wrong code.
 */
export async function checkUserCredential(credential: OpenCredential, clock: () => number): Promise<UserCheck> {
  const steps: CheckStep[] = [passed("configuration", "Everything that a sign-in needs is there.", null)];
  let failure: AppError | null = null;
  let metadata: ProviderMetadata | null = null;
  const take = async (step: UserCheckStepName, look: () => Promise<Found>) => {
    if (failure)
      return void steps.push({ step, verdict: "skipped", detail: "Not looked at.", hint: null, durationMs: null });
    const startedAt = clock();
    try {
      const { detail, verdict = "pass", hint = null } = await look();
      steps.push({ step, verdict, detail, hint, durationMs: clock() - startedAt });
    } catch (err) {
      failure = toAppError(err);
      if (failure.code === "internal") throw err;
      const { hint } = explainFailure(failure);
      const told = hint || failure.hint;
      steps.push({ step, verdict: "fail", detail: failure.message, hint: told, durationMs: clock() - startedAt });
    }
  };
  await take("metadata", async () => {
    metadata = await getProviderMetadata(credential, clock);
    return compareMetadata(credential, metadata, clock);
  });
  await take("keys", () => lookAtKeys(credential, metadata as ProviderMetadata | null, clock));
  await take("redirect_uri", async () => ({
    detail: `Register this redirect URI at the provider, exactly so: ${getRedirectUri()}`,
    hint:
      credential.provider === "entra" ? "In Entra ID: App registrations → the app → Authentication → Web." : undefined,
  }));
  await take("client", () => redeemMadeUpCode(credential, metadata as ProviderMetadata | null, clock));
  const detail =
    "Redirect URI, claims and roles show when somebody signs in; “Test the mapping” does so without a session.";
  steps.push({
    step: "sign_in",
    verdict: "skipped",
    detail: failure ? "Not looked at." : detail,
    hint: null,
    durationMs: null,
  });
  return { steps, failure };
}

function passed(step: CheckStepName | UserCheckStepName, detail: string, durationMs: number | null): CheckStep {
  return { step, verdict: "pass", detail, hint: null, durationMs };
}

/** The discovery document, where there is one, against what the credential says. */
async function compareMetadata(
  credential: OpenCredential,
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
  const { json } = await fetchDocument(url, credential.proxy, clock, clock() - 1);
  const isEntra = credential.provider === "entra";
  const compare = (name: string, expected: string, field: string, begins: string) => {
    const stated = json[name];
    if (stated === undefined && name !== "issuer") return;
    if (typeof stated === "string" && tell(stated, isEntra) === tell(expected, isEntra)) return;
    throw mismatch(field, `${begins} ${String(stated)}; the credential has ${expected}.`);
  };
  compare("issuer", named, "issuer", "The provider calls itself");
  compare("token_endpoint", credential.endpointUrl, "endpointUrl", "The provider's token endpoint is");
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
    detail: `The provider's metadata fits. The issuer is ${named}.`,
    hint: withoutPkce
      ? "The provider does not say that it knows PKCE (S256); Sallyport sends it all the same."
      : undefined,
  };
}

/** Entra names a tenant by its id, whatever name it was asked by, and an authority for many by a placeholder. */
function tell(url: string, isEntra: boolean): string {
  return isEntra ? url.replace(/^(https?:\/\/[^/]+)\/[^/]+\//, "$1/tenant/") : url;
}

function mismatch(field: string, message: string): AppError {
  return new AppError("invalid_input", message, { hint: "Edit the credential.", fields: [{ field, message }] });
}

async function lookAtKeys(
  credential: OpenCredential,
  metadata: ProviderMetadata | null,
  clock: () => number,
): Promise<Found> {
  const url = metadata?.jwksUrl ?? "";
  const { json } = await fetchDocument(url, credential.proxy, clock, clock() - 1);
  const keys = (Array.isArray(json.keys) ? json.keys : []) as { kty?: unknown; use?: unknown }[];
  const usable = keys.filter(({ kty, use }) => typeof kty === "string" && kty !== "oct" && (use ?? "sig") === "sig");
  if (usable.length === 0) throw mismatch("jwksUrl", `${url} publishes no key that an ID token could be signed with.`);
  return { detail: `The provider publishes ${usable.length === 1 ? "1 key" : `${usable.length} keys`}.` };
}

/** RFC 6749 section 5.2: a client that is known is told `invalid_grant`, another one `invalid_client`. */
async function redeemMadeUpCode(
  credential: OpenCredential,
  metadata: ProviderMetadata | null,
  clock: () => number,
): Promise<Found> {
  const issuer = metadata?.issuer.kind === "exact" ? metadata.issuer.issuer : null;
  const random = () => randomBytes(32).toString("base64url");
  const exchange = { code: `sallyport-check-${random()}`, codeVerifier: random(), state: random(), nonce: random() };
  try {
    await exchangeCode(credential, { ...exchange, redirectUri: getRedirectUri(), iss: null, issuer }, clock);
  } catch (err) {
    const { provider, code } = toAppError(err);
    if (code === "token_request_refused" && provider?.code === "invalid_grant") {
      const what = credential.clientSecret || credential.privateKey ? "client and its secret" : "client";
      return { detail: `The provider knows the ${what}: of a made-up code it refused only the code.` };
    }
    if (code === "token_request_refused" && provider?.code === "invalid_request") {
      return {
        verdict: "skipped",
        detail:
          "The provider refused the made-up code before it looked at the client, so this shows at the first sign-in.",
        hint: provider.description ?? undefined,
      };
    }
    throw err;
  }
  throw new AppError("token_response_invalid", "The token endpoint gave a token for a made-up code.", {
    hint: "Check the Endpoint URL: this is no token endpoint that can be trusted.",
  });
}
