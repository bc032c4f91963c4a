import type { AppError, ProviderError } from "../errors.ts";

/** What a failure means for the person at the form. `field` is the input's name, null when none is to blame. */
export type Explanation = { words: string; hint: string; field: string | null };

/**
 * Microsoft's common codes ("Microsoft Entra authentication and authorization error codes"), in words. For people only:
 * Microsoft warns that the codes change, so nothing is decided by them.
 */
const entraCodes: Record<string, Explanation> = {
  "7000215": {
    words: "The client secret is wrong",
    hint: "Enter the secret's value, not its ID; it is shown only once, when it is made.",
    field: "clientSecret",
  },
  "7000222": {
    words: "The client secret has expired",
    hint: "Have a new client secret made for the app registration and enter it here.",
    field: "clientSecret",
  },
  "700016": {
    words: "The tenant has no application with this client ID",
    hint: "Compare Client ID and the tenant in the Endpoint URL with the app registration.",
    field: "clientId",
  },
  "7000112": {
    words: "The application is disabled in the tenant",
    hint: "Ask IT to enable sign-in for the enterprise application.",
    field: "clientId",
  },
  "7000229": {
    words: "The application has no service principal in this tenant",
    hint: "Ask IT to add the application to the tenant (grant admin consent once).",
    field: "clientId",
  },
  "7000218": {
    words: "The request had no client secret that Entra accepts",
    hint: "Check Client authentication and Client secret.",
    field: "clientSecret",
  },
  "700027": {
    words: "The certificate is not one that the app registration knows",
    hint: "Have this certificate uploaded to the app registration.",
    field: "certificate",
  },
  "90002": {
    words: "There is no such tenant",
    hint: "Check the tenant in the Endpoint URL.",
    field: "endpointUrl",
  },
  "900023": {
    words: "The tenant in the Endpoint URL is neither an id nor a domain",
    hint: "Enter the tenant id (a GUID) or one of its domains.",
    field: "endpointUrl",
  },
  "900382": {
    words: "The tenant is in another national cloud",
    hint: "Use the Endpoint URL of that cloud.",
    field: "endpointUrl",
  },
  "500011": {
    words: "The tenant has no resource of the name that stands in the scope",
    hint: "Check Scope: the Application ID URI of the API followed by /.default.",
    field: "scope",
  },
  "70011": {
    words: "The scope is not valid",
    hint: "For an Application credential it is the Application ID URI of the API followed by /.default.",
    field: "scope",
  },
  "1002012": {
    words: "The scope must end with /.default for an Application credential",
    hint: "Enter the Application ID URI of the API followed by /.default.",
    field: "scope",
  },
  "65001": {
    words: "Nobody has consented to what the application asks for",
    hint: "Ask an Entra administrator to grant admin consent.",
    field: "scope",
  },
  "501051": {
    words: "The application has no role at the API",
    hint: "Ask IT to assign an app role of the API to the application.",
    field: "scope",
  },
  "90014": {
    words: "A required field is missing in the request",
    hint: "Check that Scope is filled in.",
    field: "scope",
  },
  "900144": {
    words: "A required field is missing in the request",
    hint: "Check that Scope is filled in.",
    field: "scope",
  },
  "53003": {
    words: "A Conditional Access policy blocks the application",
    hint: "Ask IT whether the policy allows the address that Sallyport (or its proxy) comes from.",
    field: null,
  },
  "50196": {
    words: "Entra saw too many requests for the same token",
    hint: "Sallyport waits and tries again.",
    field: null,
  },
  "90033": { words: "Entra is temporarily unavailable", hint: "Sallyport tries again by itself.", field: null },
};

/** RFC 6749 section 5.2, RFC 8707 section 2. */
const rfcCodes: Record<string, Explanation> = {
  invalid_client: {
    words: "The provider does not accept the client ID and its secret",
    hint: "Check Client secret, Client ID and Client authentication.",
    field: "clientSecret",
  },
  unauthorized_client: {
    words: "The provider does not let this client ask for tokens this way",
    hint: "Ask whether the client exists there and may use the client credentials grant.",
    field: "clientId",
  },
  invalid_scope: { words: "The provider does not accept the scope", hint: "Check Scope.", field: "scope" },
  invalid_target: {
    words: "The provider does not know the audience or resource",
    hint: "Check audience and resource in the token parameters.",
    field: "tokenParameters",
  },
  invalid_request: {
    words: "The provider finds the request malformed",
    hint: "Check the Endpoint URL, Scope and the token parameters.",
    field: "endpointUrl",
  },
  invalid_grant: {
    words: "The provider refuses the grant",
    hint: "Check the client's permissions at the provider, Scope and the token parameters.",
    field: "scope",
  },
  unsupported_grant_type: {
    words: "The endpoint does not offer the client credentials grant",
    hint: "Check that the Endpoint URL is that of the token endpoint.",
    field: "endpointUrl",
  },
};

const networkFields: Record<string, string | null> = {
  name_not_resolved: "endpointUrl",
  connection_failed: "endpointUrl",
  tls_failed: "endpointUrl",
  egress_denied: "endpointUrl",
  timeout: "endpointUrl",
  response_too_large: "endpointUrl",
  token_response_invalid: "endpointUrl",
  proxy_failed: "proxy.url",
  proxy_authentication_required: "proxy.password",
  secret_unreadable: "clientSecret",
};

/** The failure of a token request in words, with what to do and the field of the form that most likely causes it. */
export function explainFailure(error: AppError): Explanation {
  const { provider } = error;
  const entra = entraCodes[readEntraCode(provider?.description) ?? ""];
  if (entra && provider?.code) return { ...entra, words: `${entra.words} (${provider.code})` };
  const rfc = provider?.code && Object.hasOwn(rfcCodes, provider.code) ? rfcCodes[provider.code] : undefined;
  if (rfc && error.code === "token_request_refused") return { ...rfc, words: `${rfc.words} (${provider?.code})` };
  if (error.code === "token_request_refused" && provider?.code) return explainUnknown(error.message, provider);
  const field = error.fields[0]?.field ?? networkFields[error.code] ?? fieldOfStatus(error);
  return { words: error.message.replace(/\.$/, ""), hint: error.hint ?? "", field };
}

/** An error that only this provider knows: its own words are all there is. */
function explainUnknown(message: string, { description }: ProviderError): Explanation {
  const said = description && description.length > 200 ? `${description.slice(0, 199)}…` : description;
  return {
    words: [message.replace(/\.$/, ""), said?.replace(/\.$/, "")].filter(Boolean).join(": "),
    hint: "Check Client ID, Client secret, Scope and the token parameters, or ask the provider's operator.",
    field: "clientSecret",
  };
}

/** The number of `AADSTS7000215` at the start of a description. */
export function readEntraCode(description: string | null | undefined): string | null {
  return /^AADSTS(\d{4,8})\b/.exec(description ?? "")?.[1] ?? null;
}

function fieldOfStatus(error: AppError): string | null {
  if (error.code !== "token_request_refused") return null;
  const status = error.provider?.status;
  return status === 404 || status === 405 ? "endpointUrl" : "clientSecret";
}
