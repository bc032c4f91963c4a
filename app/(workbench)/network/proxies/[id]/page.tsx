import type { Metadata } from "next";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { requirePermission } from "#lib/access/permissions/context.ts";
import { getProxy } from "#lib/oauth/network/proxies.ts";
import { runPage } from "#lib/web/action.ts";
import { DeleteButton } from "../../_components/delete-button.tsx";
import { NetworkUses } from "../../_components/network-uses.tsx";
import { ProxyForm } from "../../_components/proxy-form.tsx";

export const metadata: Metadata = { title: "Proxy" };

export default async function ProxyPage({ params }: { params: Promise<{ id: string }> }) {
  return runPage(async (ctx) => {
    requirePermission(ctx, "network.write");
    const proxy = await getProxy(ctx, (await params).id);
    return (
      <>
        <PageHeader
          title={proxy.name}
          breadcrumbs={[{ label: "Network", href: "/network" }]}
          actions={<DeleteButton kind="proxy" id={proxy.id} name={proxy.name} />}
        />
        <div className="grid grid-cols-1 items-start gap-5 xl:grid-cols-[minmax(0,48rem)_minmax(16rem,1fr)]">
          <ProxyForm proxy={proxy} />
          <NetworkUses {...proxy} />
        </div>
      </>
    );
  });
}
