import type { AppError, ErrorCode, ProviderError } from "#lib/platform/errors/app-error.ts";
import { entraCodes, readEntraCode } from "./entra-codes.ts";
import type { EntraPage } from "./entra-pages.ts";

/** What a failure means for the person at the form. `field` is the input's name, null when none is to blame. */
export type Explanation = {
  words: string;
  hint: string;
  field: string | null;
  /** Page of the Entra admin center to open, null when there is none. */
  page: EntraPage | null;
};
type Words = Omit<Explanation, "page">;

/** RFC 6749 section 5.2, RFC 8707 section 2. */
const rfcCodes: Record<string, Words> = {
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
  invalid_resource: {
    words: "The provider does not know the resource that stands in the scope",
    hint: "Check Scope, and audience and resource in the token parameters.",
    field: "scope",
  },
  interaction_required: {
    words: "The provider wants to ask a person",
    hint: "The person signs in again. For an Application credential ask IT which policy demands it.",
    field: null,
  },
  access_denied: {
    words: "The provider refuses access",
    hint: "Ask the provider's operator what this client may do.",
    field: "clientId",
  },
  consent_required: {
    words: "Nobody has consented to what the client asks for",
    hint: "Have consent granted at the provider, or ask for less in Scope.",
    field: "scope",
  },
  temporarily_unavailable: {
    words: "The provider is overloaded",
    hint: "Sallyport tries again by itself.",
    field: null,
  },
  server_error: { words: "The provider had an error", hint: "Sallyport tries again by itself.", field: null },
  unsupported_grant_type: {
    words: "The provider doesn't support the grant type",
    hint: "Check that the Endpoint URL is the token endpoint's, and that the provider supports the grant type. If it requires another one, add grant_type to Token parameters.",
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
  proxy_unreachable: "proxy.url",
  proxy_refused: "proxy.url",
  // The proxy resolves the name: most often the host is wrong.
  proxy_target_unreachable: "endpointUrl",
  proxy_failed: "proxy.url",
  proxy_authentication_required: "proxy.password",
  secret_unreadable: "clientSecret",
};

/** In place of hints that are meant for transports, which have limits to set. */
const tokenHints: Partial<Record<ErrorCode, string>> = {
  response_too_large: "No token is that large. Check the Endpoint URL.",
  timeout:
    "The provider may be slow or overloaded, or a firewall drops the packets. Sallyport tries again by itself; check the Endpoint URL and the proxy if it stays so.",
};

/** The failure of a token request in words, with what to do and the field of the form that most likely causes it. */
export function explainFailure(error: AppError): Explanation {
  const { provider } = error;
  const entra = entraCodes.get(readEntraCode(provider?.description) ?? "");
  if (entra && provider?.code) {
    return { words: `${entra.words} (${provider.code})`, hint: entra.hint, field: entra.field, page: entra.page };
  }
  const words =
    explainClock(error) ??
    explainCertificate(error) ??
    explainGrant(error) ??
    explainEncoding(error) ??
    explainByStandard(error);
  const said = quoteProvider(error, words.words);
  return { ...words, words: said ? `${words.words}. ${said}` : words.words, page: null };
}

/** What the provider says about an error in its own words, if `words` doesn't have them yet; else empty. */
export function quoteProvider({ code, provider }: AppError, words: string): string {
  if (!answers.has(code) || !provider?.description) return "";
  const { description } = provider;
  const said = description.length > 300 ? `${description.slice(0, 299)}…` : description;
  return words.includes(said.replace(/…$/, "").replace(/\.$/, "").slice(0, 190)) ? "" : `The provider says: “${said}”`;
}

/** Errors with a response of the token endpoint. */
const answers = new Set<ErrorCode>(["token_request_refused", "token_endpoint_unavailable", "token_response_invalid"]);

/** A refusal of the grant type, with its name and where it comes from. */
function explainGrant({ code, provider, details }: AppError): Words | null {
  const known = rfcCodes.unsupported_grant_type!;
  if (code !== "token_request_refused" || provider?.code !== "unsupported_grant_type") return null;
  const { grantType, grantTypeInUrl } = details;
  if (typeof grantTypeInUrl === "string") {
    const url = `${grantTypeInUrl.slice(0, 100)}, which the query of the Endpoint URL has`;
    return {
      ...known,
      words: `${known.words} ${url} (${provider.code})`,
      hint: "If the provider reads only the body, remove the query from the Endpoint URL, and add its parameters to Token parameters, grant_type included.",
    };
  }
  if (typeof grantType !== "string") return null;
  return { ...known, words: `${known.words} ${grantType.slice(0, 100)} (${provider.code})` };
}

/** A refusal of a secret in HTTP Basic that some servers don't decode. */
function explainEncoding({ code, provider, details }: AppError): Words | null {
  if (code !== "token_request_refused" || details.hasEncodedBasic !== true) return null;
  const isAboutClient = provider?.code === "invalid_client" || (!provider?.code && provider?.status === 401);
  if (!isAboutClient) return null;
  return {
    words: `The provider does not accept the client ID and its secret (${provider.code ?? provider.status})`,
    hint: "Check Client Secret and Client ID. They have characters that HTTP Basic encodes, and some providers don't decode them: for these, select “Client secret as HTTP Basic, not encoded” in Client authentication.",
    field: "clientSecret",
  };
}

/** A refusal of a client that has no secret but a certificate. */
function explainCertificate({ code, provider, details }: AppError): Words | null {
  if (code !== "token_request_refused" || details.proof !== "certificate") return null;
  const isAboutClient =
    provider?.code === "invalid_client" || (!provider?.code && [401, 403].includes(provider?.status ?? 0));
  if (!isAboutClient) return null;
  return {
    words: `The provider does not accept the client ID and its certificate (${provider?.code ?? provider?.status})`,
    hint: "Compare the certificate's thumbprint with what is registered at the provider, and check Client ID and Client authentication.",
    field: "certificate",
  };
}

/** A signed request that was refused where the clocks are apart: the provider found it expired, or not valid yet. */
function explainClock({ code, provider, details }: AppError): Words | null {
  const ahead = details.clockAheadMs;
  if (code !== "token_request_refused" || typeof ahead !== "number") return null;
  const minutes = Math.round(Math.abs(ahead) / 60_000);
  const apart = minutes === 0 ? `${Math.round(Math.abs(ahead) / 1000)} s` : `${minutes} min`;
  return {
    words: `The provider does not accept the signed request (${provider?.code ?? provider?.status}), and this machine's clock is ${apart} ${ahead > 0 ? "ahead of" : "behind"} the provider's`,
    hint: "Set the clock of the machine that Sallyport runs on; if it is right, check Client ID, the private key and the certificate.",
    field: null,
  };
}

function explainByStandard(error: AppError): Words {
  const { provider } = error;
  const rfc = provider?.code && Object.hasOwn(rfcCodes, provider.code) ? rfcCodes[provider.code] : undefined;
  if (rfc && error.code === "token_request_refused") return { ...rfc, words: `${rfc.words} (${provider?.code})` };
  if (error.code === "token_request_refused" && provider?.code) return explainUnknown(error.message, provider);
  const field = error.fields[0]?.field ?? networkFields[error.code] ?? fieldOfStatus(error);
  return { words: error.message.replace(/\.$/, ""), hint: tokenHints[error.code] ?? error.hint ?? "", field };
}

/**
 * What a provider answered, in words, as far as it is known: for logs and receipts, which keep only the answer.
 * @returns null when nothing is known of it.
 */
export function explainProviderAnswer(code: string | null, description: string | null): Explanation | null {
  const entra = entraCodes.get(readEntraCode(description) ?? "");
  if (entra) return { words: entra.words, hint: entra.hint, field: entra.field, page: entra.page };
  const rfc = code !== null && Object.hasOwn(rfcCodes, code) ? rfcCodes[code] : undefined;
  return rfc ? { ...rfc, page: null } : null;
}

/** An error that only this provider knows: its own words are all there is. */
function explainUnknown(message: string, { description }: ProviderError): Words {
  const said = description && description.length > 200 ? `${description.slice(0, 199)}…` : description;
  return {
    words: [message.replace(/\.$/, ""), said?.replace(/\.$/, "")].filter(Boolean).join(": "),
    hint: "Check Client ID, Client secret, Scope and the token parameters, or ask the provider's operator.",
    field: "clientSecret",
  };
}

function fieldOfStatus(error: AppError): string | null {
  if (error.code !== "token_request_refused") return null;
  const status = error.provider?.status;
  return status === 404 || status === 405 ? "endpointUrl" : "clientSecret";
}
