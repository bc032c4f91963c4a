import { z } from "zod";
import { editOf } from "#lib/platform/definitions/derive.ts";
import { pageQuery, sortBy } from "#lib/platform/definitions/list-query.ts";
import { nodeFields } from "./definition.ts";

/** `POST nodes`. `parentId` null makes a node at the top. */
export const nodeInput = z.object(nodeFields);
export type NodeInput = z.input<typeof nodeInput>;

/** `PATCH nodes/{id}`: a new name, a new place, whether it is listed. */
export const nodeUpdate = editOf(nodeFields);
export type NodeUpdate = z.output<typeof nodeUpdate>;

/** Filters of the list. `parentId` lists the children of one node, `within` a node and all that is under it. */
export const nodeQuery = z.object({
  q: z.string().trim().max(200).optional(),
  parentId: z.uuid().optional(),
  within: z.uuid().optional(),
  sort: sortBy("name"),
  ...pageQuery,
  cursor: z.string().max(1000).optional(),
});
export type NodeQuery = z.input<typeof nodeQuery>;
