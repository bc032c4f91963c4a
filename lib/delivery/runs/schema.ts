import { z } from "zod";
import { httpMethods } from "#lib/delivery/transports/definition.ts";
import { runEvents, runStatuses } from "./model.ts";

const instant = z.iso.datetime({ offset: true, error: "Enter a time as in 2026-05-01T08:00:00Z." });

/** Filters of the list of runs, newest first. `nodeId` covers what is under the node too; `since` is inclusive, `until` is not. */
export const runQuery = z.object({
  triggerId: z.uuid().optional(),
  transportId: z.uuid().optional(),
  credentialId: z.uuid().optional(),
  nodeId: z.uuid().optional(),
  status: z.enum(runStatuses).optional(),
  event: z.enum(runEvents).optional(),
  since: instant.optional(),
  until: instant.optional(),
  cursor: z.string().max(1000).optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(200).default(50),
});
export type RunQuery = z.input<typeof runQuery>;

/** A request to try a transport with; nothing of it is a template. */
export const testTransportInput = z.object({
  path: z
    .string()
    .trim()
    .max(2000)
    .refine((path) => path === "" || path.startsWith("/"), "A path begins with / or is empty.")
    .refine((path) => !path.includes("#"), "A path has no part after #.")
    .default(""),
  method: z.enum(httpMethods).optional(),
  body: z
    .string()
    .max(256 * 1024)
    .default(""),
});
export type TestTransportInput = z.input<typeof testTransportInput>;
