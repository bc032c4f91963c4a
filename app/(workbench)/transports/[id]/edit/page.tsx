import type { Metadata } from "next";
import { forbidden } from "next/navigation";
import { findNodeChoices } from "#app/_shared/options/find-options.ts";
import { NextRun, TouchedTriggerList } from "#app/_shared/transports/touched-triggers.tsx";
import { Card } from "#app/_ui/card.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { isAllowed } from "#lib/access/permissions/permissions.ts";
import { getTouchedTriggers } from "#lib/delivery/transports/read-transports.ts";
import { listAssignableCredentials } from "#lib/oauth/credential-lists/list-credentials.ts";
import { runPage } from "#lib/web/action.ts";
import { TransportForm } from "../../_components/transport-form.tsx";
import { loadTransport } from "../load-transport.ts";

export const metadata: Metadata = { title: "Edit transport" };

export default async function EditTransportPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { transport, mayWrite } = await loadTransport(id);
  if (!mayWrite) forbidden();
  const { touched, ...surroundings } = await runPage(async (ctx) => ({
    touched: await getTouchedTriggers(ctx, id),
    credentials: await listAssignableCredentials(ctx),
    canAllowHosts: isAllowed(ctx.grants, "credentials.write", null),
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
      {touched.count > 0 && (
        <div className="mb-5 max-w-3xl">
          <Card title="What a change touches">
            <p className="m-0 mb-2">
              {touched.count === 1 ? "1 trigger sends" : `${touched.count} triggers send`} through it. With Save, the
              next run of each uses what you enter here.
            </p>
            <NextRun triggers={touched.triggers} />
            <TouchedTriggerList triggers={touched.triggers} rest={touched.count - touched.triggers.length} />
          </Card>
        </div>
      )}
      <TransportForm transport={transport} nodeId={transport.nodeId} {...surroundings} />
    </>
  );
}
