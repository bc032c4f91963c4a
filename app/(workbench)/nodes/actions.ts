"use server";
import { revalidatePath } from "next/cache";
import { z } from "zod";
import { updateNode } from "#lib/access/nodes/update-node.ts";
import { protectedAction } from "#lib/web/action.ts";

/** Shows a node before anyone has signed in, or no longer. */
export const setListed = protectedAction(
  { permission: "nodes.write", schema: z.object({ id: z.uuid(), version: z.int32(), listed: z.boolean() }) },
  async (ctx, { id, ...update }) => {
    const node = await updateNode(ctx, id, update);
    revalidatePath("/", "layout");
    return node;
  },
);
