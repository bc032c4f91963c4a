import type { Metadata } from "next";
import { Card } from "#app/_ui/card.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { getMfaPolicy } from "#lib/access/sessions/mfa-policy.ts";
import { runPage } from "#lib/web/action.ts";
import { MfaPolicyForm } from "../_components/mfa-policy-form.tsx";

export const metadata: Metadata = { title: "Second factor" };

export default async function MfaPolicyPage() {
  return runPage(async (ctx) => {
    const policy = await getMfaPolicy(ctx);
    return (
      <>
        <PageHeader
          title="Second factor"
          description="Roles that only count after a second factor: an authenticator app here, or the provider's own."
          breadcrumbs={[{ label: "Users", href: "/users" }]}
        />
        <div className="grid max-w-3xl gap-4">
          <Card title="Roles that demand it">
            <MfaPolicyForm key={policy.requiredFor.join()} roles={policy.roles} />
          </Card>
        </div>
      </>
    );
  });
}
