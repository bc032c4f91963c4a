import { type SQLWrapper, sql } from "drizzle-orm";
import { boolean, date, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import type { Grant } from "#lib/access/permissions/permissions.ts";
import type { ClientAuthentication } from "#lib/oauth/client-authentication/registry.ts";
import type { HostsState } from "#lib/oauth/credentials/allowed-hosts.ts";
import type { UserSettings } from "#lib/oauth/credentials/definition.ts";
import { type CredentialStatus, credentialStatuses } from "#lib/oauth/credentials/kinds.ts";
import type { StoredValue } from "#lib/platform/header-values/secret-values.ts";
import type { ProxySettings } from "#lib/platform/net/proxy-settings.ts";
import { certificateAuthorities } from "./certificate-authorities.ts";
import { createdAt, id, instant, updatedAt, version } from "./columns.ts";
import { proxyId } from "./proxies.ts";

/** The place of a status among all, worst first, as its index has it. */
export const statusOrder = (status: SQLWrapper) =>
  sql<string>`array_position(array[${sql.raw(credentialStatuses.map((name) => `'${name}'`).join(","))}]::text[], ${status})`;

/**
 * OAuth2 clients at an identity provider. Columns ending in `_envelope` hold secrets sealed by lib/platform/crypto/envelope.ts,
 * bound to `credentials/<id>.<field>`. `version` counts edits of the configuration; the status columns change without it.
 */
export const credentials = pgTable(
  "credentials",
  {
    id: id(),
    name: text("name").notNull(),
    type: text("type").$type<"application" | "user">().notNull(),
    provider: text("provider").$type<"entra" | "generic">().notNull(),
    endpointUrl: text("endpoint_url").notNull(),
    clientId: text("client_id").notNull(),
    clientAuthentication: text("client_authentication")
      .$type<ClientAuthentication>()
      .notNull()
      .default("client_secret_post"),
    clientSecretEnvelope: text("client_secret_envelope"),
    clientSecretSetAt: instant("client_secret_set_at"),
    privateKeyEnvelope: text("private_key_envelope"),
    privateKeySetAt: instant("private_key_set_at"),
    /** PEM, the leaf first; not a secret. */
    certificate: text("certificate"),
    /** The certificate is also shown in TLS at the token endpoint, beside another client authentication. */
    presentCertificate: boolean("present_certificate").notNull().default(false),
    scope: text("scope").notNull().default(""),
    tokenParameters: jsonb("token_parameters").$type<StoredValue[]>().notNull().default([]),
    tokenHeaders: jsonb("token_headers").$type<StoredValue[]>().notNull().default([]),
    /** Values of the secret ones in these lists. */
    tokenParametersEnvelope: text("token_parameters_envelope"),
    tokenHeadersEnvelope: text("token_headers_envelope"),
    /** Path of the access token in the response; null = `access_token`. */
    tokenMember: text("token_member"),
    acceptAnyTokenType: boolean("accept_any_token_type").notNull().default(false),
    refreshIntervalSeconds: integer("refresh_interval_seconds").notNull().default(1800),
    proxy: jsonb("proxy").$type<ProxySettings>().notNull().default({ mode: "none" }),
    proxyId: proxyId(),
    /** A named certificate authority that is trusted at the token endpoint and wherever the provider is. */
    trustedCaId: uuid("trusted_ca_id").references(() => certificateAuthorities.id, { onDelete: "restrict" }),
    proxyPasswordEnvelope: text("proxy_password_envelope"),
    proxyPasswordSetAt: instant("proxy_password_set_at"),
    allowedHosts: text("allowed_hosts").array().notNull().default([]),
    /** How `allowed_hosts` came about (HostsState); versions that don't know the column write the default of the table. */
    hostsState: text("hosts_state")
      .$type<HostsState>()
      .notNull()
      .default("pending")
      .$defaultFn(() => "entered"),
    secretExpiresOn: date("secret_expires_on", { mode: "string" }),
    /** The end that comes first: of the noted day of the secret, or of the certificate in use. Follows from the fields. */
    secretEndsAt: instant("secret_ends_at"),
    owner: text("owner").notNull().default(""),
    /** Where the owner gets alerts; blank = found by the owner's name (lib/oversight/alerts/owner-address.ts). */
    ownerEmail: text("owner_email").notNull().default(""),
    notes: text("notes").notNull().default(""),
    enabled: boolean("enabled").notNull().default(true),
    // type user only
    discoveryUrl: text("discovery_url"),
    issuer: text("issuer"),
    authorizationUrl: text("authorization_url"),
    jwksUrl: text("jwks_url"),
    jwtUsernameKey: text("jwt_username_key"),
    jwtRolesKey: text("jwt_roles_key"),
    roleMapping: jsonb("role_mapping").$type<UserSettings["roleMapping"]>().notNull().default([]),
    mfa: text("mfa").$type<UserSettings["mfa"]>().notNull().default("none"),
    /** Where the username and the roles are read. */
    claimsSource: text("claims_source").$type<UserSettings["claimsSource"]>().notNull().default("id_token"),
    /** For who has none of the mapped roles; null = no access. */
    defaultRole: jsonb("default_role").$type<Grant>(),
    responseMode: text("response_mode").$type<UserSettings["responseMode"]>().notNull().default("query"),
    /** What MFA is asked for with: an authentication context of Entra (`c1`), `acr_values` of others; null = any second factor. */
    mfaContext: text("mfa_context"),
    /** `amr` values that count as MFA; empty = the usual ones. */
    mfaMethods: text("mfa_methods").array().notNull().default([]),
    /** Signing out here signs out at the provider too. */
    providerLogout: boolean("provider_logout").notNull().default(false),
    /** Tenants whose people may sign in through an Entra authority that stands for many; `*` = every one. */
    allowedTenants: text("allowed_tenants").array().notNull().default([]),
    /** Nodes at which (and below which) the profile is offered; empty = everywhere. */
    offeredAt: uuid("offered_at").array().notNull().default([]),
    postLogin: text("post_login").$type<UserSettings["postLogin"]>().notNull().default("close"),
    version: version(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
    // status
    status: text("status").$type<CredentialStatus>().notNull().default("unverified"),
    statusReason: text("status_reason").notNull().default("Not checked yet."),
    /** Field of the form that most likely needs a change, null when none. */
    statusField: text("status_field"),
    errorCode: text("error_code"),
    providerCode: text("provider_code"),
    lastCheckedAt: instant("last_checked_at"),
    nextCheckAt: instant("next_check_at"),
    tokenExpiresAt: instant("token_expires_at"),
    failingSince: instant("failing_since"),
    /** Since when the token endpoint refuses without a reason and with nothing else in between, null when it does not. */
    unexplainedSince: instant("unexplained_since"),
    failures: integer("failures").notNull().default(0),
    /** The configuration version that last got a token, null when none ever did. */
    workedVersion: integer("worked_version"),
  },
  (table) => [
    uniqueIndex("credentials_name_unique").on(sql`lower(${table.name})`),
    // Counts by status read this one alone.
    index("credentials_status_count_index").on(table.status),
    index("credentials_status_index").on(statusOrder(table.status), table.id),
    index("credentials_token_expires_index").on(table.tokenExpiresAt, table.id),
    index("credentials_last_checked_index").on(table.lastCheckedAt, table.id),
    index("credentials_owner_index").on(sql`lower(${table.owner})`, table.id),
    index("credentials_secret_ends_index").on(table.secretEndsAt, table.id),
    index("credentials_proxy_index").on(table.proxyId),
    index("credentials_trusted_ca_index").on(table.trustedCaId),
    index("credentials_type_index").on(table.type, table.id),
    // Applications are offered nowhere, so a renewal does not write to it.
    index("credentials_offered_index").using("gin", table.offeredAt).where(sql`${table.type} = 'user'`),
    index("credentials_next_check_index")
      .on(table.nextCheckAt)
      .where(sql`${table.enabled} and ${table.type} = 'application'`),
  ],
);
