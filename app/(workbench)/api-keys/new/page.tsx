import type { Metadata } from "next";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { requirePermission } from "#lib/access/permissions/context.ts";
import { runPage } from "#lib/web/action.ts";
import { NewApiKeyForm } from "../_components/new-api-key-form.tsx";

export const metadata: Metadata = { title: "Make API key" };

export default async function NewApiKeyPage() {
  return runPage(async (ctx) => {
    requirePermission(ctx, "api-keys.write");
    return (
      <>
        <PageHeader title="Make API key" breadcrumbs={[{ label: "API keys", href: "/api-keys" }]} />
        <NewApiKeyForm />
      </>
    );
  });
}
