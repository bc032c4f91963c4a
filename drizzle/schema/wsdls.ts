import { customType, integer, jsonb, pgTable, text, uuid } from "drizzle-orm/pg-core";
import type { ServiceDescription } from "#lib/delivery/soap/model.ts";
import type { WsdlFailure, WsdlSource } from "#lib/delivery/transports/model.ts";
import { instant } from "./columns.ts";
import { transports } from "./transports.ts";

const bytea = customType<{ data: Buffer }>({ dataType: () => "bytea" });

/** The WSDL of a WS_SOAP transport with everything it imports, as it was read last. Runs never wait for the WSDL's server. */
export const wsdls = pgTable("wsdls", {
  transportId: uuid("transport_id")
    .primaryKey()
    .references(() => transports.id, { onDelete: "cascade" }),
  source: text("source").$type<WsdlSource>().notNull(),
  /** Where the first document comes from: its URL, or `upload:` and the file's name. */
  entry: text("entry").notNull(),
  /** The documents, gzip of JSON `[{location, text}]`, the entry first; null as long as none could be read. */
  documents: bytea("documents"),
  /** SHA-256 over the documents; names the compiled model in the memory of each process. */
  hash: text("hash"),
  /** Bytes of all documents, as they came. */
  bytes: integer("bytes").notNull().default(0),
  /** What the WSDL offers, so that nobody has to compile it for a list. */
  services: jsonb("services").$type<ServiceDescription[]>().notNull().default([]),
  readAt: instant("read_at"),
  /** Why the last attempt to read it failed; the documents are those of the one before. */
  failure: jsonb("failure").$type<WsdlFailure>(),
});
