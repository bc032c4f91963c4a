import type { Metadata } from "next";
import { Card } from "#app/_ui/card.tsx";
import { DaysLeft } from "#app/_ui/days-left.tsx";
import { KeyValue } from "#app/_ui/key-value.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { requirePermission } from "#lib/access/permissions/context.ts";
import { getAuthority } from "#lib/oauth/network/authorities.ts";
import { runPage } from "#lib/web/action.ts";
import { AuthorityForm } from "../../_components/authority-form.tsx";
import { DeleteButton } from "../../_components/delete-button.tsx";
import { NetworkUses } from "../../_components/network-uses.tsx";

export const metadata: Metadata = { title: "Certificate authority" };

export default async function AuthorityPage({ params }: { params: Promise<{ id: string }> }) {
  return runPage(async (ctx) => {
    requirePermission(ctx, "network.write");
    const authority = await getAuthority(ctx, (await params).id);
    return (
      <>
        <PageHeader
          title={authority.name}
          breadcrumbs={[{ label: "Network", href: "/network" }]}
          actions={<DeleteButton kind="authority" id={authority.id} name={authority.name} />}
        />
        <div className="grid grid-cols-1 items-start gap-5 xl:grid-cols-[minmax(0,48rem)_minmax(16rem,1fr)]">
          <div className="grid grid-cols-1 gap-5">
            <AuthorityForm authority={authority} />
            <Card title={authority.subjects.length === 1 ? "Certificate" : "Certificates"}>
              <div className="grid gap-5">
                {authority.subjects.map(({ subject, sha256, notAfter }) => (
                  <KeyValue
                    key={sha256}
                    items={[
                      { label: "Subject", value: subject },
                      { label: "Expires", value: <DaysLeft endsAt={notAfter} /> },
                      { label: "SHA-256 fingerprint", value: <code className="wrap-anywhere">{sha256}</code> },
                    ]}
                  />
                ))}
              </div>
            </Card>
          </div>
          <NetworkUses {...authority} />
        </div>
      </>
    );
  });
}
