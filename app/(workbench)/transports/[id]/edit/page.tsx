import type { Metadata } from "next";
import { forbidden } from "next/navigation";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { listAssignableCredentials } from "#lib/credentials/list-credentials.ts";
import { runPage } from "#lib/web/action.ts";
import { TransportForm } from "../../_components/transport-form.tsx";
import { findNodeChoices } from "../../find-options.ts";
import { loadTransport } from "../load-transport.ts";

export const metadata: Metadata = { title: "Edit transport" };

export default async function EditTransportPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { transport, mayWrite } = await loadTransport(id);
  if (!mayWrite) forbidden();
  const surroundings = await runPage(async (ctx) => ({
    credentials: await listAssignableCredentials(ctx),
    places: await findNodeChoices(ctx, { q: "", include: [transport.nodeId] }, "transports.write"),
  }));
  return (
    <>
      <PageHeader
        title={`Edit ${transport.name}`}
        breadcrumbs={[
          { label: "Transports", href: "/transports" },
          { label: transport.name, href: `/transports/${id}` },
        ]}
      />
      <TransportForm transport={transport} nodeId={transport.nodeId} {...surroundings} />
    </>
  );
}
