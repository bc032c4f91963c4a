import { z } from "zod";
import { certificateEndFilters } from "#lib/delivery/transports/model.ts";
import { credentialStatuses } from "#lib/oauth/credentials/kinds.ts";
import { secretEndFilters } from "#lib/oauth/credentials/schema.ts";
import { getDashboard } from "#lib/oversight/dashboards/get-dashboard.ts";
import { dashboardQuery, ranges } from "#lib/oversight/dashboards/span.ts";
import { listReviews, reviewQuery } from "#lib/oversight/reviews/list-reviews.ts";
import { id, instant, pageOf, successor } from "./answers.ts";
import { defineEndpoint } from "./endpoint.ts";
import { named } from "./openapi.ts";

const count = z.int();
const outcomes = { succeeded: count, failed: count };
const runTotals = z.object({ ...outcomes, other: count.meta({ description: "Queued, held or under way." }) });
const triggerRuns = { triggerId: id, name: z.string(), runs: count, failed: count };
const status = z.enum(credentialStatuses);

const dashboard = named(
  "Dashboard",
  z.object({
    at: instant,
    scope: z.object({ nodeId: id.nullable().meta({ description: "Null = all nodes." }), nodeName: z.string() }),
    span: z.object({ range: z.enum(ranges), since: instant, until: instant, stepMs: count }),
    credentials: z.object({
      total: count,
      byStatus: z.array(z.object({ status, count })),
      reasons: z.array(z.object({ status, reason: z.string(), example: z.string(), count })),
    }),
    runs: z.object({
      series: z.array(runTotals.extend({ at: instant })),
      totals: runTotals,
      failing: z.array(z.object(triggerRuns)),
      slowest: z.array(
        z
          .object({ ...triggerRuns, p50: z.number(), p95: z.number() })
          .meta({ description: "Milliseconds, estimated." }),
      ),
    }),
    requests: z.object({
      series: z.array(z.object({ at: instant, ...outcomes })),
      totals: z.object(outcomes),
      hosts: z.array(z.object({ host: z.string(), ...outcomes })),
      reasons: z.array(z.object({ host: z.string(), reason: z.string(), count })),
    }),
    endings: z.object({
      counts: z.array(z.object({ within: z.enum(secretEndFilters), count })),
      transports: z
        .array(z.object({ within: z.enum(certificateEndFilters), count }))
        .meta({ description: "By their client certificate and trusted CA." }),
      next: z.array(
        z.object({
          kind: z.enum(["credential", "transport"]),
          id,
          name: z.string(),
          owner: z.string(),
          endsAt: instant,
          successor: successor.nullable().meta({ description: "What is staged to follow it; of credentials alone." }),
        }),
      ),
    }),
    runway: z.object({
      counts: z.object({ none: count, hour: count, longer: count }),
      worst: z.array(
        z.object({
          transportId: id,
          transportName: z.string(),
          nodeName: z.string(),
          credentialId: id,
          credentialName: z.string(),
          status,
          tokenUntil: instant.nullable(),
        }),
      ),
    }),
    idle: z.object({ unused: count, ownerless: count }),
    signIns: z.object({
      profiles: z.array(z.object({ credentialId: z.string(), name: z.string(), ...outcomes })),
      reasons: z.array(z.object({ credentialId: z.string(), name: z.string(), reason: z.string(), count })),
    }),
  }),
);

const review = named(
  "Review",
  z.object({
    id,
    signedAt: instant,
    signedBy: z.string(),
    nodeId: id.nullable().meta({ description: "Null = all nodes." }),
    nodeName: z.string(),
    since: instant,
    until: instant,
    note: z.string(),
    snapshot: z.object({
      credentials: z.partialRecord(status, count),
      runs: runTotals,
      tokenRequests: z.object(outcomes),
      endingSoon: count,
      ownerless: count,
      unused: count,
    }),
  }),
);

export const dashboardEndpoints = [
  defineEndpoint({
    tag: "Dashboard",
    permission: "dashboard.read",
    method: "get",
    path: "/dashboard",
    summary: "Read how credentials, runs, token requests and sign-ins of a node are doing",
    description:
      "Without `nodeId` all nodes, or the first one that the key's role holds for. `since` and `until` count with `range=custom`.",
    query: dashboardQuery,
    answer: dashboard,
    run: (ctx, { query }) => getDashboard(ctx, query),
  }),
  defineEndpoint({
    tag: "Dashboard",
    permission: "dashboard.read",
    method: "get",
    path: "/reviews",
    summary: "List signed reviews, newest first",
    query: reviewQuery,
    answer: pageOf(review),
    run: (ctx, { query }) => listReviews(ctx, query),
  }),
];
