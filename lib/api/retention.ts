import { z } from "zod";
import { getRetention } from "#lib/oversight/retention/get-retention.ts";
import { retentionChanges } from "#lib/oversight/retention/schema.ts";
import { updateRetention } from "#lib/oversight/retention/update-retention.ts";
import { logs } from "#lib/platform/retention/model.ts";
import { instant, version } from "./answers.ts";
import { defineEndpoint } from "./endpoint.ts";
import { named } from "./openapi.ts";

const days = z.int().nullable().meta({ description: "Null = for ever." });

const retention = named(
  "Retention",
  z.object({
    version,
    runsDays: days,
    credentialEventsDays: days,
    updatedAt: instant,
    logs: z.array(
      z.object({
        log: z.enum(logs),
        days,
        oldestAt: instant.nullable().meta({ description: "The oldest row that is there." }),
        rows: z.int().meta({ description: "As the database estimates it." }),
        bytes: z.int(),
        partitions: z.int(),
        misplacedRows: z.int().meta({ description: "Rows that no partition was there for; a worker moves them." }),
        aheadUntil: instant.nullable().meta({ description: "Until when partitions are made ahead." }),
      }),
    ),
  }),
);

export const retentionEndpoints = [
  defineEndpoint({
    tag: "Retention",
    permission: "retention.read",
    method: "get",
    path: "/retention",
    summary: "Read for how long runs and events of credentials are kept",
    description: "The audit log is kept for ever.",
    answer: retention,
    run: (ctx) => getRetention(ctx),
  }),
  defineEndpoint({
    tag: "Retention",
    permission: "retention.write",
    method: "patch",
    path: "/retention",
    summary: "Change for how long runs and events of credentials are kept",
    description: "A worker drops what has expired within a minute or two. What was dropped does not come back.",
    body: named("RetentionChanges", retentionChanges),
    example: { version: 1, runsDays: 30 },
    answer: retention,
    problems: ["stale_version"],
    run: (ctx, { body }) => updateRetention(ctx, body),
  }),
];
