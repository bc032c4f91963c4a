import { z } from "zod";
import { editOf } from "#lib/platform/definitions/derive.ts";
import { soapFields, transportFields, transportTypes, typeFields } from "./definition.ts";
import { certificateEndFilters, runways } from "./model.ts";

const { type, ...common } = transportFields;
const { nodeId, authorization, allowHosts, proxy, connectTimeoutMs, timeoutMs } = common;
const { trustedCa, trustedCaId, clientCertificate } = common;

/** What of a WS_SOAP transport a WSDL is read with; the rest need not be filled in yet. */
export const wsdlSource = z.object({
  nodeId,
  soap: z.object({ wsdlUrl: soapFields.wsdlUrl, documents: soapFields.documents }),
  authorization,
  allowHosts,
  proxy,
  connectTimeoutMs,
  timeoutMs,
  trustedCa,
  trustedCaId,
  clientCertificate,
});

/** A transport as a form or a program sends it. */
export const transportInput = z.discriminatedUnion("type", [
  z.object({ ...common, type: z.literal("HTTP"), http: typeFields.http }),
  z.object({ ...common, type: z.literal("WS_SOAP"), soap: typeFields.soap }),
]);
export type TransportInput = z.infer<typeof transportInput>;
export type SoapInput = z.infer<typeof typeFields.soap>;
/** What a form holds before the defaults are put in. */
export type TransportFormValues = z.input<typeof transportInput>;

/** An edit: the version that it was made from, and the fields that change. */
export const transportUpdate = editOf({ ...transportFields, ...typeFields });
export type TransportUpdate = z.infer<typeof transportUpdate>;

/** Filters of the list. `nodeId` covers what is under the node too. */
export const transportQuery = z.object({
  q: z.string().trim().max(200).optional(),
  nodeId: z.uuid().optional(),
  type: z.enum(transportTypes).optional(),
  credentialId: z.uuid().optional(),
  runway: z.enum(runways).optional().meta({
    description: "How long it could go on with the token in hand: not at all, less than an hour, longer.",
  }),
  certificateEnds: z.enum(certificateEndFilters).optional().meta({
    description: "What ends within so many days, or has ended: the client certificate, or the trusted CA's.",
  }),
  sort: z.enum(["name", "-name"]).default("name"),
  cursor: z.string().max(1000).optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(200).default(50),
});
export type TransportQuery = z.input<typeof transportQuery>;
