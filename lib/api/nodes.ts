import { createNode } from "#lib/access/nodes/create-node.ts";
import { nodeDetail, nodeSummary } from "#lib/access/nodes/definition.ts";
import { deleteNode } from "#lib/access/nodes/delete-node.ts";
import { getNode } from "#lib/access/nodes/get-node.ts";
import { listNodes } from "#lib/access/nodes/list-nodes.ts";
import { nodeInput, nodeQuery, nodeUpdate } from "#lib/access/nodes/schema.ts";
import { updateNode } from "#lib/access/nodes/update-node.ts";
import { pageOf } from "./answers.ts";
import { defineEndpoint } from "./endpoint.ts";
import { named } from "./openapi.ts";

const node = named("Node", nodeDetail);

const tag = "Nodes";
const read = { tag, permission: "nodes.read" } as const;
const write = { tag, permission: "nodes.write" } as const;

export const nodeEndpoints = [
  defineEndpoint({
    ...read,
    method: "get",
    path: "/nodes",
    summary: "List nodes",
    description: "`parentId` lists the children of a node, `within` a node and all that is under it.",
    query: nodeQuery,
    answer: pageOf(named("NodeSummary", nodeSummary)),
    run: (ctx, { query }) => listNodes(ctx, query),
  }),
  defineEndpoint({
    ...write,
    method: "post",
    path: "/nodes",
    summary: "Create a node",
    body: named("NodeInput", nodeInput),
    example: { name: "Plant 7", parentId: null },
    answer: node,
    status: 201,
    problems: ["name_taken"],
    run: (ctx, { body }) => createNode(ctx, body),
  }),
  defineEndpoint({
    ...read,
    method: "get",
    path: "/nodes/{id}",
    summary: "Read a node",
    answer: node,
    run: (ctx, input) => getNode(ctx, input.id),
  }),
  defineEndpoint({
    ...write,
    method: "patch",
    path: "/nodes/{id}",
    summary: "Rename or move a node",
    body: named("NodeUpdate", nodeUpdate),
    example: { version: 1, name: "Plant 8" },
    answer: node,
    problems: ["stale_version", "name_taken"],
    run: (ctx, input) => updateNode(ctx, input.id, input.body),
  }),
  defineEndpoint({
    ...write,
    method: "delete",
    path: "/nodes/{id}",
    summary: "Delete a node",
    description: "Refused with `usedBy` while something is on it or under it. This cannot be undone.",
    problems: ["in_use"],
    run: (ctx, input) => deleteNode(ctx, input.id),
  }),
];
