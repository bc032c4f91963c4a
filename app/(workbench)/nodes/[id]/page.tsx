import { ArrowRightLeftIcon } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { Section } from "#app/_ui/card.tsx";
import { DataTable } from "#app/_ui/data-table.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { EnabledBadge } from "#app/_ui/enabled-badge.tsx";
import { LinkButton } from "#app/_ui/link-button.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { TextLink } from "#app/_ui/text-link.tsx";
import { getNode } from "#lib/access/nodes/get-node.ts";
import { contentsLimit, listContents, type OnNode } from "#lib/access/nodes/list-contents.ts";
import { listNodes } from "#lib/access/nodes/list-nodes.ts";
import { type Action, isAllowed } from "#lib/access/permissions/permissions.ts";
import { loadById } from "#lib/web/load-by-id.ts";
import { ListedSwitch } from "../_components/listed-switch.tsx";
import { AddNodeButton, NodeButtons } from "../_components/node-buttons.tsx";

type Props = { params: Promise<{ id: string }> };

const loadNode = loadById(async (ctx, id) => {
  const [node, children, contents] = await Promise.all([
    getNode(ctx, id),
    listNodes(ctx, { parentId: id, limit: contentsLimit }),
    listContents(ctx, id),
  ]);
  return { node, children, contents, grants: ctx.grants };
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await loadNode((await params).id)).node.name };
}

export default async function NodePage({ params }: Props) {
  const { node, children, contents, grants } = await loadNode((await params).id);
  const may = (action: Action, path: string[] | null = node.path) => isAllowed(grants, action, path);
  const shown = { id: node.id, name: node.name, version: node.version, path: node.path };
  const above = node.path.slice(0, -1);
  const query = `?nodeId=${node.id}`;

  return (
    <>
      <PageHeader
        title={node.name}
        breadcrumbs={[
          { label: "Nodes", href: "/nodes" },
          ...node.trail.map((step) => ({ label: step.name, href: `/nodes/${step.id}` })),
        ]}
        actions={
          may("nodes.write") && (
            <>
              <NodeButtons
                node={shown}
                grants={grants}
                mayMove={may("nodes.write", above.length === 0 ? null : above)}
              />
              <AddNodeButton parent={shown} label="New node here" />
            </>
          )
        }
      />

      {may("nodes.write") && (
        <Section title="Sign-in">
          <div className="card p-4">
            <ListedSwitch node={{ id: node.id, version: node.version, listed: node.listed }} />
          </div>
        </Section>
      )}

      <Section title="Nodes here">
        <DataTable
          caption={`Nodes in ${node.name}`}
          rows={children.items}
          rowKey={(child) => child.id}
          columns={[
            {
              key: "name",
              header: "Name",
              isRowHeader: true,
              wide: true,
              render: (child) => <TextLink href={`/nodes/${child.id}`}>{child.name}</TextLink>,
            },
            { key: "nodes", header: "Nodes", align: "end", render: (child) => child.childCount },
            { key: "transports", header: "Transports", align: "end", render: (child) => child.transportCount },
            { key: "triggers", header: "Triggers", align: "end", render: (child) => child.triggerCount },
          ]}
          empty={<EmptyState title="No node lies under this one" />}
        />
        {children.nextCursor && <More href={`/nodes?within=${node.id}`} what="nodes" />}
      </Section>

      <Section
        title="Transports"
        description="On this node and on those under it."
        actions={may("transports.write") && <NewLink href={`/transports/new${query}`}>New transport here</NewLink>}
      >
        <DataTable
          caption={`Transports on ${node.name} and below`}
          rows={contents.transports}
          rowKey={(row) => row.id}
          columns={[
            nameColumn("transports"),
            { key: "type", header: "Type", render: (row) => row.type },
            placeColumn(node.id),
          ]}
          empty={<EmptyState title="No transport yet" text="A transport says how to reach a service." />}
        />
        {contents.transports.length === contentsLimit && <More href={`/transports${query}`} what="transports" />}
      </Section>

      <Section
        title="Triggers"
        description="On this node and on those under it."
        actions={may("triggers.write") && <NewLink href={`/triggers/new${query}`}>New trigger here</NewLink>}
      >
        <DataTable
          caption={`Triggers on ${node.name} and below`}
          rows={contents.triggers}
          rowKey={(row) => row.id}
          columns={[
            nameColumn("triggers"),
            { key: "event", header: "Event", render: (row) => events[row.type] ?? row.type },
            {
              key: "transport",
              header: "Transport",
              wide: true,
              render: (row) => (
                <span className="inline-flex items-center gap-1">
                  <ArrowRightLeftIcon size={16} aria-hidden className="shrink-0 text-dimmed" />
                  {row.transportName}
                </span>
              ),
            },
            {
              key: "enabled",
              header: "State",
              render: (row) => <EnabledBadge enabled={row.enabled} />,
            },
            placeColumn(node.id),
          ]}
          empty={<EmptyState title="No trigger yet" text="A trigger sends a request through a transport." />}
        />
        {contents.triggers.length === contentsLimit && <More href={`/triggers${query}`} what="triggers" />}
      </Section>
    </>
  );
}

const events: Record<string, string> = { on_demand: "On demand", schedule: "Schedule", webhook: "Webhook" };

function nameColumn(folder: "transports" | "triggers") {
  return {
    key: "name",
    header: "Name",
    isRowHeader: true,
    wide: true,
    render: (row: OnNode) => <TextLink href={`/${folder}/${row.id}`}>{row.name}</TextLink>,
  };
}

function placeColumn(here: string) {
  return {
    key: "node",
    header: "Node",
    wide: true,
    render: (row: OnNode) =>
      row.nodeId === here ? (
        <span className="text-dimmed">here</span>
      ) : (
        <TextLink href={`/nodes/${row.nodeId}`}>{row.nodeName}</TextLink>
      ),
  };
}

function NewLink({ href, children }: { href: string; children: string }) {
  return (
    <LinkButton href={href} variant="default" size="xs">
      {children}
    </LinkButton>
  );
}

function More({ href, what }: { href: string; what: string }) {
  return (
    <p className="mt-2 text-sm">
      Only the first {contentsLimit} are shown.{" "}
      <Link className="link" href={href}>
        All {what} of this branch
      </Link>
    </p>
  );
}
