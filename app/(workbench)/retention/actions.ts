"use server";
import { retentionChanges } from "#lib/retention/schema.ts";
import { updateRetention } from "#lib/retention/update-retention.ts";
import { protectedAction } from "#lib/web/action.ts";

export const saveRetention = protectedAction(
  { permission: "retention.write", schema: retentionChanges },
  updateRetention,
);
