import { z } from "zod";

const name = z
  .string()
  .trim()
  .min(1, "Enter a name.")
  .max(100, "A name has at most 100 characters.")
  .regex(/^\P{Cc}*$/u, "A name may not hold control characters.");
const listed = z.boolean().meta({ description: "Shown in the tree panel before anyone has signed in." });
const parentId = z.uuid("Pick a node.").nullable();

/** `POST nodes`. `parentId` null makes a node at the top. */
export const nodeInput = z.object({ name, parentId: parentId.default(null), listed: listed.default(false) });
export type NodeInput = z.input<typeof nodeInput>;

/** `PATCH nodes/{id}`: a new name, a new place, whether it is listed. */
export const nodeUpdate = z.object({
  version: z.int32().positive(),
  name: name.optional(),
  parentId: parentId.optional(),
  listed: listed.optional(),
});
export type NodeUpdate = z.infer<typeof nodeUpdate>;

/** Filters of the list. `parentId` lists the children of one node, `within` a node and all that is under it. */
export const nodeQuery = z.object({
  q: z.string().trim().max(200).optional(),
  parentId: z.uuid().optional(),
  within: z.uuid().optional(),
  sort: z.enum(["name", "-name"]).default("name"),
  cursor: z.string().max(1000).optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(200).default(50),
});
export type NodeQuery = z.input<typeof nodeQuery>;
