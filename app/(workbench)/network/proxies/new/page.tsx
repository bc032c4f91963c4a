import type { Metadata } from "next";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { requirePermission } from "#lib/access/permissions/context.ts";
import { runPage } from "#lib/web/action.ts";
import { ProxyForm } from "../../_components/proxy-form.tsx";

export const metadata: Metadata = { title: "Create proxy" };

export default async function NewProxyPage() {
  return runPage(async (ctx) => {
    requirePermission(ctx, "network.write");
    return (
      <>
        <PageHeader title="Create proxy" breadcrumbs={[{ label: "Network", href: "/network" }]} />
        <ProxyForm proxy={null} />
      </>
    );
  });
}
