import type { Metadata } from "next";
import Link from "next/link";
import { DataTable } from "#app/_ui/data-table.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { FilterBar } from "#app/_ui/filter-bar.tsx";
import { LinkButton } from "#app/_ui/link-button.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { firstValues, type SearchParams } from "#app/_ui/url.ts";
import { listNodes } from "#lib/access/nodes/list-nodes.ts";
import { nodeQuery } from "#lib/access/nodes/schema.ts";
import { isAllowed } from "#lib/access/permissions/permissions.ts";
import { runPage } from "#lib/web/action.ts";
import { AddNodeButton } from "./_components/node-buttons.tsx";

export const metadata: Metadata = { title: "Nodes" };

export default async function NodesPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const params = await searchParams;
  const given = nodeQuery.safeParse(firstValues(params));
  const query = given.success ? given.data : nodeQuery.parse({});
  const { page, mayAdd } = await runPage(async (ctx) => ({
    page: await listNodes(ctx, query),
    mayAdd: isAllowed(ctx.grants, "nodes.write", null),
  }));

  return (
    <>
      <PageHeader
        title="Nodes"
        description="Plants, gateways, departments: the places on which transports and triggers live."
        actions={mayAdd && <AddNodeButton parent={null} label="New node" />}
      />
      <FilterBar searchLabel="Search nodes" />
      <DataTable
        caption="Nodes"
        path="/nodes"
        params={params}
        sort={query.sort}
        nextCursor={page.nextCursor}
        rows={page.items}
        rowKey={(node) => node.id}
        columns={[
          {
            key: "name",
            header: "Name",
            sort: "name",
            isRowHeader: true,
            wide: true,
            render: (node) => (
              <Link className="link" href={`/nodes/${node.id}`} prefetch={false}>
                {node.name}
              </Link>
            ),
          },
          {
            key: "place",
            header: "Under",
            wide: true,
            render: (node) => node.trail.map((step) => step.name).join(" / ") || <TopOfTree />,
          },
          { key: "nodes", header: "Nodes", align: "end", render: (node) => node.childCount },
          { key: "transports", header: "Transports", align: "end", render: (node) => node.transportCount },
          { key: "triggers", header: "Triggers", align: "end", render: (node) => node.triggerCount },
        ]}
        empty={
          query.q ? (
            <EmptyState
              title="No node fits"
              text="Try a shorter part of the name."
              action={
                <LinkButton href="/nodes" variant="default">
                  Show all nodes
                </LinkButton>
              }
            />
          ) : (
            <EmptyState
              title="No nodes yet"
              text="A node is a place in the tree: a plant, a gateway, a department. Begin with one."
              action={mayAdd && <AddNodeButton parent={null} label="Add the first node" />}
            />
          )
        }
      />
    </>
  );
}

function TopOfTree() {
  return <span className="text-dimmed">top of the tree</span>;
}
