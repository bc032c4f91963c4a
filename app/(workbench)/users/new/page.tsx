import type { Metadata } from "next";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { requirePermission } from "#lib/access/permissions/context.ts";
import { runPage } from "#lib/web/action.ts";
import { NewUserForm } from "../_components/new-user-form.tsx";

export const metadata: Metadata = { title: "Add user" };

export default async function NewUserPage() {
  return runPage(async (ctx) => {
    requirePermission(ctx, "users.write");
    return (
      <>
        <PageHeader title="Add user" breadcrumbs={[{ label: "Users", href: "/users" }]} />
        <NewUserForm />
      </>
    );
  });
}
