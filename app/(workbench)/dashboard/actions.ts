"use server";
import { z } from "zod";
import { getDashboard } from "#lib/oversight/dashboards/get-dashboard.ts";
import { dashboardQuery } from "#lib/oversight/dashboards/span.ts";
import { exportedBlocks, toCsv } from "#lib/oversight/dashboards/to-csv.ts";
import { noteVisit } from "#lib/oversight/reviews/note-visit.ts";
import { reviewInput, signReview } from "#lib/oversight/reviews/sign-review.ts";
import { protectedAction } from "#lib/web/action.ts";
import { findNodeChoices } from "../transports/find-options.ts";

export const noteDashboardVisit = protectedAction({ permission: "dashboard.read", schema: z.object({}) }, (ctx) =>
  noteVisit(ctx),
);

export const exportDashboard = protectedAction(
  { permission: "dashboard.read", schema: dashboardQuery.extend({ block: z.enum(exportedBlocks).optional() }) },
  async (ctx, { block, ...query }) => toCsv(await getDashboard(ctx, query), block),
);

export const signDashboard = protectedAction({ permission: "reviews.sign", schema: reviewInput }, signReview);

/** Nodes that a dashboard may be narrowed to. */
export const findDashboardNodes = protectedAction(
  {
    permission: "dashboard.read",
    schema: z.object({ q: z.string().max(200).default(""), include: z.array(z.uuid()).max(5).default([]) }),
  },
  (ctx, input) => findNodeChoices(ctx, input, "dashboard.read"),
);
