import { sql } from "drizzle-orm";
import { boolean, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import type { ChannelSummary } from "#lib/oversight/alerts/definition.ts";
import { createdAt, id, instant, updatedAt, version } from "./columns.ts";
import { nodes } from "./nodes.ts";

/**
 * Where alerts go. The URL of a webhook counts as a secret; its host alone is shown. Envelopes are bound to
 * `alert_channels/<id>.<field>`.
 */
export const alertChannels = pgTable(
  "alert_channels",
  {
    id: id(),
    name: text("name").notNull(),
    kind: text("kind").$type<ChannelSummary["kind"]>().notNull(),
    enabled: boolean("enabled").notNull().default(true),
    /** Of kind email: the mail server and who gets the messages. */
    email: jsonb("email").$type<NonNullable<ChannelSummary["email"]>>(),
    urlEnvelope: text("url_envelope"),
    urlSetAt: instant("url_set_at"),
    urlHost: text("url_host"),
    /** Password at the mail server, or what a webhook is signed with. */
    secretEnvelope: text("secret_envelope"),
    secretSetAt: instant("secret_set_at"),
    /** Only credentials that transports on this node and under it use; null = all. */
    nodeId: uuid("node_id").references(() => nodes.id, { onDelete: "restrict" }),
    events: text("events").array().$type<ChannelSummary["events"]>().notNull(),
    /** How long a credential must be degraded before that is told. */
    quietMinutes: integer("quiet_minutes").notNull().default(5),
    version: version(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    uniqueIndex("alert_channels_name_unique").on(sql`lower(${table.name})`),
    index("alert_channels_node_index").on(table.nodeId),
  ],
);
