import { z } from "zod";
import { listAudit } from "#lib/oversight/audit-log/list-audit.ts";
import { auditQuery } from "#lib/oversight/audit-log/schema.ts";
import { id, instant, pageOf } from "./answers.ts";
import { defineEndpoint } from "./endpoint.ts";
import { named } from "./openapi.ts";

const fields = z.record(z.string(), z.unknown()).nullable();

const auditRecord = named(
  "AuditRecord",
  z.object({
    id: z.string(),
    at: instant,
    actor: z.object({ kind: z.enum(["user", "api_key", "system"]), id: id.nullable(), name: z.string() }),
    address: z.string().nullable().meta({ description: "Where the request came from; null for the portal itself." }),
    action: z.string().meta({ examples: ["credential.update"] }),
    target: z.object({ kind: z.string(), id: z.string().nullable(), name: z.string().nullable() }),
    before: fields.meta({ description: "Of an update only the fields that differ; never a secret." }),
    after: fields,
  }),
);

export const auditEndpoints = [
  defineEndpoint({
    tag: "Audit",
    permission: "audit.read",
    method: "get",
    path: "/audit",
    summary: "List who changed or used what, newest first",
    query: auditQuery,
    answer: pageOf(auditRecord),
    run: (ctx, { query }) => listAudit(ctx, query),
  }),
];
