import type { Metadata } from "next";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { requirePermission } from "#lib/access/permissions/context.ts";
import { runPage } from "#lib/web/action.ts";
import { ChannelForm } from "../_components/channel-form.tsx";

export const metadata: Metadata = { title: "Add alert channel" };

export default async function NewChannelPage() {
  return runPage(async (ctx) => {
    requirePermission(ctx, "alerts.write");
    return (
      <>
        <PageHeader title="Add alert channel" breadcrumbs={[{ label: "Alerts", href: "/alerts" }]} />
        <ChannelForm channel={null} />
      </>
    );
  });
}
