import { randomUUID } from "node:crypto";
import { errors } from "oidc-provider";
import { TENANT_NAME } from "./clients.ts";

/** What Entra answers in place of RFC 6749's two fields ("Microsoft identity platform: error response"). */
export interface EntraError {
  error: string;
  error_description: string;
  error_codes: number[];
  timestamp: string;
  trace_id: string;
  correlation_id: string;
  error_uri: string;
}

export interface EntraRefusal {
  status: number;
  error: string;
  code: number;
  text: string;
}

const MATCHES_REFUSAL = /^AADSTS(\d+): ([\s\S]*)$/;

/** An error to throw inside oidc-provider; `explainRefusal` turns it back into the refusal. */
function refuse(error: string, code: number, text: string): Error {
  return new errors.CustomOIDCProviderError(error, `AADSTS${code}: ${text}`);
}

export function refuseMissingScope(): Error {
  return refuse(
    "invalid_request",
    90014,
    "The required field 'scope' is missing from the credential. Ensure that you have all the necessary parameters for the login request.",
  );
}

export function refuseScope(scope: string): Error {
  return refuse(
    "invalid_scope",
    70011,
    `The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope ${scope} is not valid.`,
  );
}

export function refuseResource(resource: string): Error {
  return refuse(
    "invalid_resource",
    500011,
    `The resource principal named ${resource} was not found in the tenant named ${TENANT_NAME}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`,
  );
}

export function tenantNotFound(tenant: string): EntraRefusal {
  return {
    status: 400,
    error: "invalid_request",
    code: 90002,
    text: `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
  };
}

/** What is known about a failed request, from oidc-provider's error and the request. */
export interface FailedRequest {
  error: string;
  description: string;
  /** oidc-provider's reason, which it keeps out of the answer. */
  detail: string;
  clientId: string;
  grantType: string;
}

/** Finds Entra's words for an error of oidc-provider. Pure. */
export function explainRefusal({ error, description, detail, clientId, grantType }: FailedRequest): EntraRefusal {
  const refusal = (status: number, as: string, code: number, text: string) => ({ status, error: as, code, text });

  const thrown = MATCHES_REFUSAL.exec(description);
  if (thrown) return refusal(400, error, Number(thrown[1]), thrown[2] ?? "");

  if (detail === "client not found" || description === "client is invalid") {
    return refusal(
      400,
      "unauthorized_client",
      700016,
      `Application with identifier '${clientId}' was not found in the directory '${TENANT_NAME}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
    );
  }
  if (detail === "invalid secret provided") {
    return refusal(
      401,
      "invalid_client",
      7000215,
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${clientId}'.`,
    );
  }
  if (description.includes("secret is expired")) {
    return refusal(
      401,
      "invalid_client",
      7000222,
      `The provided client secret keys for app '${clientId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`,
    );
  }
  if (detail.startsWith("the provided authentication mechanism")) {
    return refusal(
      401,
      "invalid_client",
      7000218,
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    );
  }
  if (error === "invalid_client" && /not active yet|jwt expired/.test(detail)) {
    return refusal(
      401,
      "invalid_client",
      700024,
      `Client assertion is not within its valid time range. [Reason - ${detail}].`,
    );
  }
  if (error === "invalid_client") {
    return refusal(
      401,
      "invalid_client",
      700027,
      `The certificate with identifier used to sign the client assertion is not registered on application. [Reason - ${detail}]. Please visit the Azure portal to update the keys of app '${clientId}'.`,
    );
  }
  if (error === "unsupported_grant_type") {
    return refusal(400, "unsupported_grant_type", 70003, `The app requested an unsupported grant type '${grantType}'.`);
  }
  if (description.startsWith("missing required parameter")) {
    const parameter = /parameters? \W*(\w+)/.exec(description)?.[1] ?? "";
    return refusal(
      400,
      "invalid_request",
      900144,
      `The request body must contain the following parameter: '${parameter}'.`,
    );
  }
  if (description === "no client authentication mechanism provided") {
    return refusal(
      400,
      "invalid_request",
      900144,
      "The request body must contain the following parameter: 'client_id'.",
    );
  }
  if (description.startsWith("requested grant type is not allowed")) {
    return refusal(
      400,
      "unauthorized_client",
      700025,
      `The application '${clientId}' is not allowed to use the grant '${grantType}'.`,
    );
  }
  if (error === "invalid_redirect_uri") {
    return refusal(
      400,
      "invalid_request",
      50011,
      `The redirect URI specified in the request does not match the redirect URIs configured for the application '${clientId}'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal. Navigate to https://aka.ms/redirectUriMismatchError to learn more about how to troubleshoot this.`,
    );
  }
  if (error === "invalid_grant") return { status: 400, error, ...explainInvalidGrant(detail) };
  return refusal(400, error, 900000, detail || description || "The request is not valid.");
}

function explainInvalidGrant(detail: string): { code: number; text: string } {
  if (detail.includes("already consumed")) {
    return {
      code: 54005,
      text: "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.",
    };
  }
  if (detail.includes("expired")) {
    return { code: 70008, text: "The provided authorization code or refresh token has expired due to inactivity." };
  }
  if (detail.includes("redirect_uri mismatch")) {
    return {
      code: 500112,
      text: "The reply address does not match the reply address provided when requesting Authorization code.",
    };
  }
  if (detail.includes("verifier") || detail.includes("PKCE") || detail.includes("challenge")) {
    return {
      code: 501481,
      text: "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
    };
  }
  return { code: 9002313, text: "Invalid request. Request is malformed or invalid." };
}

/**
 * Shapes a refusal as Entra does.
 * @param correlationId the caller's `client-request-id`, which Entra gives back
 */
export function shapeEntraError(refusal: EntraRefusal, correlationId?: string, now = new Date()): EntraError {
  const traceId = randomUUID();
  const correlation = correlationId || randomUUID();
  const timestamp = `${now.toISOString().slice(0, 19).replace("T", " ")}Z`;
  return {
    error: refusal.error,
    error_description: `AADSTS${refusal.code}: ${refusal.text} Trace ID: ${traceId} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
    error_codes: [refusal.code],
    timestamp,
    trace_id: traceId,
    correlation_id: correlation,
    error_uri: `https://login.microsoftonline.com/error?code=${refusal.code}`,
  };
}
