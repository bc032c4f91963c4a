"use server";
import { revalidatePath } from "next/cache";
import { z } from "zod";
import { findBranch } from "#lib/access/nodes/branches.ts";
import { createNode } from "#lib/access/nodes/create-node.ts";
import { findNodeOptions } from "#lib/access/nodes/find-node-options.ts";
import { listTree } from "#lib/access/nodes/list-tree.ts";
import { nodeInput } from "#lib/access/nodes/schema.ts";
import { updateNode } from "#lib/access/nodes/update-node.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { protectedAction } from "#lib/web/action.ts";

/** Adds a node; pages and the tree panel are rendered again with the answer. */
export const addNode = protectedAction({ permission: "nodes.write", schema: nodeInput }, async (ctx, input) => {
  const node = await createNode(ctx, input);
  revalidatePath("/", "layout");
  return node;
});

/** Shows a node before anyone has signed in, or no longer. */
export const setListed = protectedAction(
  { permission: "nodes.write", schema: z.object({ id: z.uuid(), version: z.int32(), listed: z.boolean() }) },
  async (ctx, { id, ...update }) => {
    const node = await updateNode(ctx, id, update);
    revalidatePath("/", "layout");
    return node;
  },
);

/** What stands in one node, for a branch that is opened. */
export const loadBranch = protectedAction(
  { permission: "nodes.read", schema: z.object({ id: z.uuid() }) },
  async (ctx, { id }) => {
    const branch = findBranch(await listTree(ctx), id);
    if (!branch) throw new AppError("not_found", "This node is not there any more.", { hint: "Reload the page." });
    return branch;
  },
);

const optionQuery = z.object({
  action: z.enum(["nodes.read", "nodes.write", "transports.write", "triggers.write"]),
  q: z.string().max(200).default(""),
  include: z.array(z.uuid()).max(5).default([]),
});

/** Nodes for a field that picks one. */
export const findNodes = protectedAction({ permission: "nodes.read", schema: optionQuery }, (ctx, input) =>
  findNodeOptions(ctx, input),
);
