import type { z } from "zod";
import { toKeyPairInput } from "#app/_ui/key-pair-values.ts";
import { emptyProxy, type ProxyValues, toProxyInput, toProxyValues } from "#app/_ui/proxy-fields.tsx";
import type { Grant, Role } from "#lib/access/permissions/permissions.ts";
import { clientAuthenticationMethods, usesKey, usesSecret } from "#lib/oauth/client-authentication/registry.ts";
import { commonFields, credentialFields, usualClaims } from "#lib/oauth/credentials/definition.ts";
import { providerOfEndpoint } from "#lib/oauth/credentials/endpoint.ts";
import { grantTypes, type Provider } from "#lib/oauth/credentials/kinds.ts";
import type { CredentialDetail } from "#lib/oauth/credentials/model.ts";
import type { CredentialInput, CredentialUpdate } from "#lib/oauth/credentials/schema.ts";
import { blankForm, type FormOf, listChanged, toForm, toSent } from "#lib/platform/definitions/form.ts";
import type { EnteredValue } from "#lib/platform/header-values/secret-values.ts";

/** The inputs that hold something else than their field. */
type Own = {
  provider: Provider | "";
  /** Undefined while the stored one is kept. */
  clientSecret: string | undefined;
  privateKey: string | undefined;
  refreshIntervalSeconds: number | string;
  proxy: ProxyValues;
  /** An empty role is none: no access without a mapped role. */
  defaultRole: { role: Role | ""; nodeId: string | null };
  /** Separated by spaces or commas. */
  mfaMethods: string;
  allowedTenants: string;
};

/** What the form's fields hold. */
export type FormValues = Omit<FormOf<typeof credentialFields>, keyof Own | "grantType"> & Own;

/** The fields of a new credential. */
export const emptyValues: FormValues = {
  ...blankForm(credentialFields),
  ...usualClaims,
  proxy: emptyProxy,
  defaultRole: { role: "", nodeId: null },
  mfaMethods: "",
  allowedTenants: "",
  type: "application",
  provider: "",
};

/** The fields of a stored credential. */
export function toFormValues(credential: CredentialDetail): FormValues {
  const user = credential.type === "user" ? credential : null;
  const follows = credential.provider === providerOfEndpoint(credential.endpointUrl);
  return {
    ...toForm(credentialFields, { ...usualClaims, ...credential }),
    provider: follows ? "" : credential.provider,
    proxy: toProxyValues(credential.proxy),
    defaultRole: user?.defaultRole ?? emptyValues.defaultRole,
    mfaMethods: user?.mfaMethods.join(" ") ?? "",
    allowedTenants: user?.allowedTenants.join(" ") ?? "",
  };
}

/**
 * The fields as the schema takes them. What the form does not show (of the other type, the other client authentication,
 * URLs that follow from Entra's endpoint) is left out, so that no complaint is about a field that nobody sees.
 */
export function toInput(values: FormValues): CredentialInput {
  const shape: z.ZodRawShape = values.type === "user" ? credentialFields : commonFields;
  const { clientSecret, privateKey, certificate, pkcs12, passphrase, ...sent } = toSent(shape, {
    ...values,
    grantType: grantTypes[values.type],
    presentCertificate:
      values.presentCertificate && !clientAuthenticationMethods[values.clientAuthentication].isMutualTls,
    tokenParameters: values.tokenParameters.filter(isFilled),
    tokenHeaders: values.tokenHeaders.filter(isFilled),
    proxy: toProxyInput(values.proxy),
    ownerEmail: values.ownerEmail.trim(),
    defaultRole: toDefaultRole(values.defaultRole),
    mfaMethods: splitWords(values.mfaMethods),
    allowedTenants: splitWords(values.allowedTenants),
  }) as CredentialInput;
  // A blank secret of a public client is none; elsewhere the schema asks for it.
  const blankSecret = values.clientSecret === "" && values.type === "user";
  return {
    ...sent,
    ...(usesSecret(values) ? { clientSecret: blankSecret ? null : values.clientSecret } : {}),
    ...(usesKey(values) ? toKeyPairInput(values) : {}),
  };
}

/** Returns whether a row of name and value is sent. */
export function isFilled({ name, value }: EnteredValue): boolean {
  return name !== "" || value !== "";
}

function splitWords(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean);
}

/** The role of who has no mapped one, null when they are not let in. */
export function toDefaultRole({ role, nodeId }: FormValues["defaultRole"]): Grant | null {
  return role === "" ? null : { role, nodeId };
}

/** What of the form differs from what it started with, for an edit. Secrets count when they are entered or removed. */
export function toUpdate(values: FormValues, from: FormValues, version: number): CredentialUpdate {
  return { ...listChanged(toInput(values), toInput(from)), version };
}
