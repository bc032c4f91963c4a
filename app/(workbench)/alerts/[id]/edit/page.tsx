import type { Metadata } from "next";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { requirePermission } from "#lib/access/permissions/context.ts";
import { getChannel } from "#lib/oversight/alerts/list-channels.ts";
import { runPage } from "#lib/web/action.ts";
import { ChannelForm } from "../../_components/channel-form.tsx";

export const metadata: Metadata = { title: "Edit alert channel" };

export default async function EditChannelPage({ params }: { params: Promise<{ id: string }> }) {
  return runPage(async (ctx) => {
    const { id } = await params;
    requirePermission(ctx, "alerts.write");
    const channel = await getChannel(ctx, id);
    return (
      <>
        <PageHeader
          title={`Edit ${channel.name}`}
          breadcrumbs={[
            { label: "Alerts", href: "/alerts" },
            { label: channel.name, href: `/alerts/${id}` },
          ]}
        />
        <ChannelForm channel={channel} />
      </>
    );
  });
}
