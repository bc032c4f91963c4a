"use server";
import { z } from "zod";
import { findNodeChoices, optionQuery } from "#app/_shared/options/find-options.ts";
import { getDashboard } from "#lib/oversight/dashboards/get-dashboard.ts";
import { dashboardQuery } from "#lib/oversight/dashboards/span.ts";
import { exportedBlocks, toCsv } from "#lib/oversight/dashboards/to-csv.ts";
import { noteVisit } from "#lib/oversight/reviews/note-visit.ts";
import { reviewInput, signReview } from "#lib/oversight/reviews/sign-review.ts";
import { protectedAction } from "#lib/web/action.ts";

export const noteDashboardVisit = protectedAction({ permission: "dashboard.read", schema: z.object({}) }, (ctx) =>
  noteVisit(ctx),
);

export const exportDashboard = protectedAction(
  { permission: "dashboard.read", schema: dashboardQuery.extend({ block: z.enum(exportedBlocks).optional() }) },
  async (ctx, { block, ...query }) => toCsv(await getDashboard(ctx, query), block),
);

export const signDashboard = protectedAction({ permission: "reviews.sign", schema: reviewInput }, signReview);

/** Nodes that a dashboard may be narrowed to. */
export const findDashboardNodes = protectedAction({ permission: "dashboard.read", schema: optionQuery }, (ctx, input) =>
  findNodeChoices(ctx, input, "dashboard.read"),
);
