import type { Metadata } from "next";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { requirePermission } from "#lib/access/permissions/context.ts";
import { runPage } from "#lib/web/action.ts";
import { AuthorityForm } from "../../_components/authority-form.tsx";

export const metadata: Metadata = { title: "Create certificate authority" };

export default async function NewAuthorityPage() {
  return runPage(async (ctx) => {
    requirePermission(ctx, "network.write");
    return (
      <>
        <PageHeader title="Create certificate authority" breadcrumbs={[{ label: "Network", href: "/network" }]} />
        <AuthorityForm authority={null} />
      </>
    );
  });
}
