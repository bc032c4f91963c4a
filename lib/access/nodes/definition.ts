import { z } from "zod";
import { readBack } from "#lib/platform/definitions/derive.ts";
import { field } from "#lib/platform/definitions/field.ts";
import { id, instant, version } from "#lib/platform/definitions/members.ts";

export const nodeFields = {
  name: field(
    "Name",
    z
      .string()
      .trim()
      .min(1, "Enter a name.")
      .max(100, "A name has at most 100 characters.")
      .regex(/^\P{Cc}*$/u, "A name may not hold control characters."),
  ),
  parentId: field(
    "Parent",
    z.uuid("Pick a node.").nullable().default(null).meta({ description: "Null at the top of the tree." }),
  ),
  listed: field(
    "Show before sign-in",
    z.boolean().default(false).meta({ description: "Shown in the tree panel before anyone has signed in." }),
  ),
};

/** A node's own name and id, as part of a way from the root. */
const nodeStep = z.object({ id, name: z.string() });
export type NodeStep = z.output<typeof nodeStep>;

const node = z.object({
  id,
  version,
  ...readBack(nodeFields),
  trail: z.array(nodeStep).meta({ description: "The way from the root to the parent." }),
  createdAt: instant,
  updatedAt: instant,
});

/** A row of the list. */
export const nodeSummary = node.extend({ childCount: z.int(), transportCount: z.int(), triggerCount: z.int() });
export type NodeSummary = z.output<typeof nodeSummary>;

/** One node. */
export const nodeDetail = node.extend({
  path: z.array(id).meta({ description: "Ids from the root down to the node itself." }),
});
export type NodeDetail = z.output<typeof nodeDetail>;
