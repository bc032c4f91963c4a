import type { Metadata } from "next";
import { listPage } from "#app/_shared/lists/list-page.tsx";
import type { Column } from "#app/_ui/data-table.tsx";
import { LinkButton } from "#app/_ui/link-button.tsx";
import { TextLink } from "#app/_ui/text-link.tsx";
import type { NodeSummary } from "#lib/access/nodes/definition.ts";
import { listNodes } from "#lib/access/nodes/list-nodes.ts";
import { nodeQuery } from "#lib/access/nodes/schema.ts";
import { isAllowed } from "#lib/access/permissions/permissions.ts";
import { AddNodeButton } from "./_components/node-buttons.tsx";

export const metadata: Metadata = { title: "Nodes" };

export default listPage({
  path: "/nodes",
  schema: nodeQuery,
  list: listNodes,
  view: (ctx) => {
    const mayAdd = isAllowed(ctx.grants, "nodes.write", null);
    return {
      title: "Nodes",
      description: "Plants, gateways, departments: the places on which transports and triggers live.",
      actions: mayAdd && <AddNodeButton parent={null} label="New node" />,
      search: "Search nodes",
      table: {
        caption: "Nodes",
        columns,
        noMatch: {
          title: "No node fits",
          text: "Try a shorter part of the name.",
          action: (
            <LinkButton href="/nodes" variant="default">
              Show all nodes
            </LinkButton>
          ),
        },
        empty: {
          title: "No nodes yet",
          text: "A node is a place in the tree: a plant, a gateway, a department. Begin with one.",
          action: mayAdd && <AddNodeButton parent={null} label="Add the first node" />,
        },
      },
    };
  },
});

const columns: Column<NodeSummary>[] = [
  {
    key: "name",
    header: "Name",
    sort: "name",
    isRowHeader: true,
    wide: true,
    render: ({ id, name }) => <TextLink href={`/nodes/${id}`}>{name}</TextLink>,
  },
  {
    key: "place",
    header: "Under",
    wide: true,
    render: ({ trail }) =>
      trail.map(({ name }) => name).join(" / ") || <span className="text-dimmed">top of the tree</span>,
  },
  { key: "nodes", header: "Nodes", align: "end", render: ({ childCount }) => childCount },
  { key: "transports", header: "Transports", align: "end", render: ({ transportCount }) => transportCount },
  { key: "triggers", header: "Triggers", align: "end", render: ({ triggerCount }) => triggerCount },
];
