import { sql } from "drizzle-orm";
import { boolean, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import type { RouteApproval, StoredHttpSettings, StoredSoapSettings } from "#lib/delivery/transports/model.ts";
import type { ProxySettings } from "#lib/platform/net/proxy-settings.ts";
import { certificateAuthorities } from "./certificate-authorities.ts";
import { createdAt, id, instant, updatedAt, version } from "./columns.ts";
import { credentials } from "./credentials.ts";
import { nodes } from "./nodes.ts";
import { proxyId } from "./proxies.ts";

/** How to reach a service. `basic_password_envelope` is bound to `transports/<id>.basicPassword`, the proxy's likewise. */
export const transports = pgTable(
  "transports",
  {
    id: id(),
    name: text("name").notNull(),
    nodeId: uuid("node_id")
      .notNull()
      .references(() => nodes.id, { onDelete: "restrict" }),
    type: text("type").$type<"HTTP" | "WS_SOAP">().notNull(),
    http: jsonb("http").$type<StoredHttpSettings>(),
    /** Values of the secret headers in `http`, bound to `transports/<id>.headers`. */
    headersEnvelope: text("headers_envelope"),
    soap: jsonb("soap").$type<StoredSoapSettings>(),
    authorizationKind: text("authorization_kind").$type<"none" | "basic" | "credential">().notNull().default("none"),
    credentialId: uuid("credential_id").references(() => credentials.id, { onDelete: "restrict" }),
    basicUsername: text("basic_username"),
    basicPasswordEnvelope: text("basic_password_envelope"),
    basicPasswordSetAt: instant("basic_password_set_at"),
    proxy: jsonb("proxy").$type<ProxySettings>().notNull().default({ mode: "none" }),
    proxyId: proxyId(),
    proxyPasswordEnvelope: text("proxy_password_envelope"),
    proxyPasswordSetAt: instant("proxy_password_set_at"),
    /** Password of the UsernameToken (WS-Security), bound to `transports/<id>.wssePassword`. */
    wssePasswordEnvelope: text("wsse_password_envelope"),
    wssePasswordSetAt: instant("wsse_password_set_at"),
    /** PEM of the client certificate for TLS, the leaf first; not a secret. Its key is bound to `transports/<id>.clientKey`. */
    clientCertificate: text("client_certificate"),
    clientKeyEnvelope: text("client_key_envelope"),
    clientKeySetAt: instant("client_key_set_at"),
    connectTimeoutMs: integer("connect_timeout_ms").notNull().default(5000),
    timeoutMs: integer("timeout_ms").notNull().default(30000),
    maxResponseBytes: integer("max_response_bytes").notNull().default(1048576),
    followRedirects: boolean("follow_redirects").notNull().default(false),
    /** PEM certificates trusted beside the system's, not a secret. */
    trustedCa: text("trusted_ca"),
    /** A named certificate authority that is trusted, too. */
    trustedCaId: uuid("trusted_ca_id").references(() => certificateAuthorities.id, { onDelete: "restrict" }),
    /** The end that comes first: of the client certificate, or of the last certificate in `trusted_ca`. Follows from them. */
    certificateEndsAt: instant("certificate_ends_at"),
    /** Who approved the route of the token or password, as long as it's this one; null if it needs no approval. */
    routeApproval: jsonb("route_approval").$type<RouteApproval>(),
    /** Proves the approval: bound to `transports/<id>.routeApproval` and its hash. */
    routeApprovalEnvelope: text("route_approval_envelope"),
    notes: text("notes").notNull().default(""),
    version: version(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    uniqueIndex("transports_node_name_unique").on(table.nodeId, sql`lower(${table.name})`),
    index("transports_name_index").on(sql`lower(${table.name})`, table.id),
    index("transports_credential_index").on(table.credentialId),
    index("transports_proxy_index").on(table.proxyId),
    index("transports_trusted_ca_index").on(table.trustedCaId),
    index("transports_certificate_ends_index")
      .on(table.certificateEndsAt, table.id)
      .where(sql`${table.certificateEndsAt} is not null`),
  ],
);
