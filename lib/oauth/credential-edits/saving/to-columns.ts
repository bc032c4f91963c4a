import type { credentials } from "#drizzle/schema/credentials.ts";
import { clientAuthenticationMethods } from "#lib/oauth/client-authentication/registry.ts";
import {
  type CredentialFields,
  commonFields,
  type FlatFields,
  userFields,
  usualClaims,
} from "#lib/oauth/credentials/definition.ts";
import { derivedUrls, providerOf } from "#lib/oauth/credentials/endpoint.ts";
import type { CredentialConfiguration } from "#lib/oauth/credentials/model.ts";
import { soonestExpiry } from "#lib/oauth/credentials/secret-expiry.ts";
import type { CredentialDestination } from "#lib/platform/crypto/aad.ts";
import { type Stored, toStored } from "#lib/platform/definitions/derive.ts";
import { withoutPassword } from "#lib/platform/net/proxy-schema.ts";

type Row = typeof credentials.$inferInsert;
/** The columns that a person fills in, secrets aside, and the one that follows from them. */
export type ConfigurationColumns = Pick<
  Row & Required<Pick<Row, "allowedHosts">>,
  Extract<keyof Row, Exclude<keyof typeof commonFields, TokenLists> | keyof typeof userFields | "secretEndsAt">
>;
/** Taken by token-lists.ts. */
type TokenLists = "tokenHeaders" | "tokenParameters";

/** Parsed fields as columns: blanks become null, the provider is decided, what Entra's endpoint tells is not stored. */
export function toColumns(input: CredentialFields): ConfigurationColumns {
  const {
    tokenHeaders: _,
    tokenParameters: __,
    ...common
  } = toStored(commonFields, {
    ...input,
    provider: providerOf(input),
    presentCertificate:
      input.presentCertificate && !clientAuthenticationMethods[input.clientAuthentication].isMutualTls,
    proxy: withoutPassword(input.proxy),
  }) as Stored<typeof commonFields> & Pick<Row, "provider" | "proxy">;
  const secretEndsAt = soonestExpiry(common)?.at ?? null;
  return { ...common, ...toStored(userFields, input.type === "user" ? toUserColumns(input) : {}), secretEndsAt };
}

/** The columns that the secrets of a credential are bound to, as they are saved. */
export function toDestination(id: string, columns: ConfigurationColumns): CredentialDestination {
  return { id, ...columns } as CredentialDestination;
}

/** The named proxy and certificate authority that are selected. */
export function toNamed({ proxy, trustedCaId }: ConfigurationColumns) {
  return { proxy: proxy ?? { mode: "none" as const }, trustedCaId: trustedCaId ?? null };
}

function toUserColumns(input: Extract<CredentialFields, { type: "user" }>) {
  const derived = derivedUrls(input);
  const own = (name: "discoveryUrl" | "issuer" | "authorizationUrl" | "jwksUrl") =>
    input[name] === derived?.[name] ? null : input[name];
  return {
    ...input,
    discoveryUrl: own("discoveryUrl"),
    issuer: own("issuer"),
    authorizationUrl: own("authorizationUrl"),
    jwksUrl: own("jwksUrl"),
    jwtUsernameKey: input.jwtUsernameKey || usualClaims.jwtUsernameKey,
    jwtRolesKey: input.jwtRolesKey || usualClaims.jwtRolesKey,
  };
}

/** A stored configuration as it would be sent, secrets left out, so that an edit's fields can be laid over it. */
export function toFields(from: CredentialConfiguration): FlatFields {
  const { proxy } = from;
  const manual = proxy.mode === "manual" ? { ...proxy, passwordSetAt: undefined, password: undefined } : proxy;
  return {
    ...(from as CredentialConfiguration & FlatFields),
    clientSecret: undefined,
    privateKey: undefined,
    proxy: manual,
  };
}
