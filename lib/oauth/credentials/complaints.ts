import { usesKey, usesMutualTls, usesSecret } from "#lib/oauth/client-authentication/registry.ts";
import { isLeftOut } from "#lib/platform/definitions/derive.ts";
import type { FieldError } from "#lib/platform/errors/app-error.ts";
import { type AnyFields, userFields } from "./definition.ts";
import { complainAboutEndpoint, providerOf } from "./endpoint.ts";
import { completeEndpointUrl, deriveEntraUrls, isSharedTenant } from "./entra-url.ts";
import { grantTypes, type Provider } from "./kinds.ts";

/** Which secrets a credential already has. */
export type StoredSecrets = { clientSecret: boolean; privateKey: boolean };

/** What is wrong with a credential as a whole: what its type, provider and client authentication ask for or exclude. */
export function complainAboutCredential(input: AnyFields, stored: StoredSecrets): FieldError[] {
  const provider = providerOf(input);
  return [
    ...complainAboutGenericEndpoint(input),
    ...(input.type === "application" ? complainAboutApplication(input) : complainAboutUser(input, provider)),
    ...(provider === "entra" ? complainAboutEntra(input) : []),
    ...complainAboutAuthentication(input, provider, stored),
  ];
}

/** The URL of a generic provider isn't completed, so it has to be complete. */
function complainAboutGenericEndpoint({ provider, endpointUrl }: AnyFields): FieldError[] {
  const message = provider === "generic" ? complainAboutEndpoint(endpointUrl) : null;
  // What is wrong with any provider's URL is reported by the field.
  const isReported = complainAboutEndpoint(completeEndpointUrl(endpointUrl, null).url) !== null;
  return message && !isReported ? [{ field: "endpointUrl", message }] : [];
}

function complainAboutApplication(input: AnyFields): FieldError[] {
  const found = complainAboutGrant(input, "An Application");
  for (const [field, schema] of Object.entries(userFields)) {
    if (!isLeftOut(schema, input[field as keyof typeof userFields])) found.push({ field, message: onlyForUser });
  }
  return found;
}

const onlyForUser = "Only credentials of type User have this field. Leave it out.";

function complainAboutUser(input: AnyFields, provider: Provider): FieldError[] {
  const found = complainAboutGrant(input, "A User");
  const grant = findGrantParameter(input);
  if (grant) {
    const message = "Credentials of type User have the grant type authorization_code. Remove the parameter.";
    found.push({ field: `tokenParameters.${grant.index}.name`, message });
  }
  if (provider !== "entra" && !input.issuer && !input.discoveryUrl) {
    found.push({ field: "issuer", message: "Enter the issuer, or the discovery URL." });
  }
  if (input.authorizationUrl && !input.jwksUrl) {
    found.push({ field: "jwksUrl", message: "Enter the JWKS URL too, or leave the authorization URL out." });
  }
  if (input.jwksUrl && !input.authorizationUrl) {
    found.push({ field: "authorizationUrl", message: "Enter the authorization URL too, or leave the JWKS URL out." });
  }
  const seen = new Set<string>();
  for (const [index, { claimValue, role, nodeId }] of (input.roleMapping ?? []).entries()) {
    const key = JSON.stringify([claimValue, role, nodeId]);
    if (seen.has(key)) found.push({ field: `roleMapping.${index}.claimValue`, message: "This line stands twice." });
    seen.add(key);
  }
  return found;
}

/** Finds the parameter that names another grant. Parameters that don't parse are still in the form in which they were sent. */
function findGrantParameter({ tokenParameters }: AnyFields): { index: number; value: string } | null {
  if (!Array.isArray(tokenParameters)) return null;
  const index = tokenParameters.findIndex((parameter) => parameter?.name === "grant_type");
  return index < 0 ? null : { index, value: tokenParameters[index]!.value ?? "" };
}

function complainAboutGrant(input: AnyFields, noun: string): FieldError[] {
  const grant = grantTypes[input.type];
  if (!input.grantType || input.grantType === grant) return [];
  return [
    { field: "grantType", message: `${noun} credential has the grant type ${grant}. Leave it out or change the type.` },
  ];
}

function complainAboutEntra(input: AnyFields): FieldError[] {
  const found: FieldError[] = [];
  if (!deriveEntraUrls(input.endpointUrl)) {
    found.push({
      field: "endpointUrl",
      message:
        "For Microsoft Entra ID enter the tenant id, or the token endpoint https://login.microsoftonline.com/<tenant>/oauth2/v2.0/token.",
    });
  }
  if (/^http:/i.test(input.endpointUrl)) {
    found.push({ field: "endpointUrl", message: "Microsoft Entra ID requires https. Enter the URL with https://." });
  }
  if (input.type !== "application") return found;
  const grant = findGrantParameter(input);
  if (grant && grant.value !== "client_credentials") {
    const message =
      "Microsoft Entra ID issues tokens to applications with the grant type client_credentials only. Remove the parameter.";
    found.push({ field: `tokenParameters.${grant.index}.value`, message });
  }
  if (isSharedTenant(input.endpointUrl)) {
    found.push({
      field: "endpointUrl",
      message: "Client credentials belong to one tenant. Put its id in place of common, organizations or consumers.",
    });
  }
  if (!input.scope) {
    found.push({ field: "scope", message: "Enter the scope. Entra ID asks for one that ends in /.default." });
  }
  return found;
}

function complainAboutAuthentication(input: AnyFields, provider: Provider, stored: StoredSecrets): FieldError[] {
  const has = (value: string | null | undefined, isStored: boolean) =>
    value === undefined ? isStored : Boolean(value);
  const found: FieldError[] = [];
  // A User credential may be a public client, protected by PKCE (RFC 7636) alone. A blank one is the field's own complaint.
  const needsSecret = usesSecret(input) && input.type !== "user" && input.clientSecret !== "";
  if (needsSecret && !has(input.clientSecret, stored.clientSecret)) {
    found.push({ field: "clientSecret", message: "Enter the client secret." });
  }
  if (!usesKey(input)) return found;
  const hasFile = Boolean(input.pkcs12);
  if (!hasFile && !has(input.privateKey, stored.privateKey)) {
    found.push({ field: "privateKey", message: "Enter the private key." });
  }
  // A key that is pasted together with its certificate brings it.
  const hasCertificate = hasFile || input.certificate || input.privateKey?.includes("CERTIFICATE-----");
  if (!hasCertificate && (provider === "entra" || usesMutualTls(input))) {
    const message =
      provider === "entra"
        ? "Enter the certificate that is uploaded at Entra ID."
        : "Enter the certificate that is shown in TLS.";
    found.push({ field: "certificate", message });
  }
  return [...found, ...complainAboutMutualTls(input, provider)];
}

function complainAboutMutualTls(input: AnyFields, provider: Provider): FieldError[] {
  if (!usesMutualTls(input)) return [];
  const field = input.presentCertificate ? "presentCertificate" : "clientAuthentication";
  if (provider === "entra" && !input.presentCertificate) {
    return [{ field, message: "Microsoft Entra ID takes certificates by private_key_jwt, not by mutual TLS." }];
  }
  if (/^https:/i.test(input.endpointUrl)) return [];
  return [{ field, message: "A certificate can be shown to https:// endpoints only." }];
}
