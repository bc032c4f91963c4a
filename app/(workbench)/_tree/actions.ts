"use server";
import { revalidatePath } from "next/cache";
import { z } from "zod";
import { findBranch } from "#lib/access/nodes/branches.ts";
import { createNode } from "#lib/access/nodes/create-node.ts";
import { deleteNode } from "#lib/access/nodes/delete-node.ts";
import { getNodeUses } from "#lib/access/nodes/get-node-uses.ts";
import { listTree } from "#lib/access/nodes/list-tree.ts";
import { nodeInput } from "#lib/access/nodes/schema.ts";
import { updateNode } from "#lib/access/nodes/update-node.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import { deleteTransport } from "#lib/delivery/transport-edits/delete-transport.ts";
import { updateTransport } from "#lib/delivery/transport-edits/update-transport.ts";
import { getTouchedTriggers } from "#lib/delivery/transports/read-transports.ts";
import { deleteTrigger } from "#lib/delivery/trigger-edits/delete-trigger.ts";
import { updateTrigger } from "#lib/delivery/trigger-edits/update-trigger.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { protectedAction } from "#lib/web/action.ts";

const item = z.object({ kind: z.enum(["node", "transport", "trigger"]), id: z.uuid() });
type Item = z.infer<typeof item>;
type Change = { version: number; name?: string };

const updates = {
  node: (ctx: Context, id: string, place: string | null | undefined, change: Change) =>
    updateNode(ctx, id, { ...change, ...(place === undefined ? {} : { parentId: place }) }),
  transport: (ctx: Context, id: string, place: string | null | undefined, change: Change) =>
    updateTransport(ctx, id, { ...change, ...(place ? { nodeId: place } : {}) }),
  trigger: (ctx: Context, id: string, place: string | null | undefined, change: Change) =>
    updateTrigger(ctx, id, { ...change, ...(place ? { nodeId: place } : {}) }),
} satisfies Record<Item["kind"], unknown>;

const deletes = { node: deleteNode, transport: deleteTransport, trigger: deleteTrigger };

const name = z.string().trim().min(1, "Enter a name.").max(100, "A name has at most 100 characters.");
const version = z.number().int().min(1);

/** Adds a node; pages and the tree panel are rendered again with the answer. */
export const addNode = protectedAction({ permission: "nodes.write", schema: nodeInput }, async (ctx, input) => {
  const node = await createNode(ctx, input);
  revalidatePath("/", "layout");
  return node;
});

/** Loads the contents of one node when its branch opens. */
export const loadBranch = protectedAction(
  { permission: "nodes.read", schema: z.object({ id: z.uuid() }) },
  async (ctx, { id }) => {
    const branch = findBranch(await listTree(ctx), id);
    if (!branch) throw new AppError("not_found", "This node is not there any more.", { hint: "Reload the page." });
    return branch;
  },
);

/** Gives something in the tree another name. */
export const renameItem = protectedAction(
  { permission: "nodes.read", schema: item.extend({ version, name }) },
  async (ctx, input) => {
    await updates[input.kind](ctx, input.id, undefined, { version: input.version, name: input.name });
    revalidatePath("/", "layout");
  },
);

/** Puts something in the tree elsewhere; `nodeId` null is the top of the tree, for nodes only. */
export const moveItem = protectedAction(
  { permission: "nodes.read", schema: item.extend({ version, nodeId: z.uuid().nullable() }) },
  async (ctx, input) => {
    await updates[input.kind](ctx, input.id, input.nodeId, { version: input.version });
    revalidatePath("/", "layout");
  },
);

/** What keeps something in the tree from being deleted, before anyone tries; nothing keeps a trigger. */
export const readUses = protectedAction({ permission: "nodes.read", schema: item }, async (ctx, { kind, id }) => {
  if (kind === "node") return { usedBy: await getNodeUses(ctx, id), count: null };
  if (kind === "trigger") return { usedBy: [], count: 0 };
  const { triggers, count } = await getTouchedTriggers(ctx, id);
  return { usedBy: triggers.map((trigger) => ({ kind: "trigger", ...trigger })), count };
});

/** Deletes something in the tree; refused while it is used. */
export const deleteItem = protectedAction({ permission: "nodes.read", schema: item }, async (ctx, input) => {
  await deletes[input.kind](ctx, input.id);
  revalidatePath("/", "layout");
});
