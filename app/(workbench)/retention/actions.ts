"use server";
import { retentionChanges } from "#lib/oversight/retention/schema.ts";
import { updateRetention } from "#lib/oversight/retention/update-retention.ts";
import { protectedAction } from "#lib/web/action.ts";

export const saveRetention = protectedAction(
  { permission: "retention.write", schema: retentionChanges },
  updateRetention,
);
