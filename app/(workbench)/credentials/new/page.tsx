import type { Metadata } from "next";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { requirePermission } from "#lib/access/permissions/context.ts";
import { runPage } from "#lib/web/action.ts";
import { CredentialForm } from "../_components/credential-form.tsx";
import { readFormSurroundings } from "../_components/form-surroundings.ts";

export const metadata: Metadata = { title: "Add credential" };

export default async function NewCredentialPage() {
  const surroundings = await runPage((ctx) => {
    requirePermission(ctx, "credentials.write");
    return readFormSurroundings(ctx, []);
  });
  return (
    <>
      <PageHeader title="Add credential" breadcrumbs={[{ label: "Credentials", href: "/credentials" }]} />
      <CredentialForm credential={null} {...surroundings} tokenLifetimeSeconds={null} />
    </>
  );
}
