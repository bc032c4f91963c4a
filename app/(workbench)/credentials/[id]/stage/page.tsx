import type { Metadata } from "next";
import Link from "next/link";
import { Notice } from "#app/_ui/notice.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { requirePermission } from "#lib/access/permissions/context.ts";
import { usesSecret } from "#lib/oauth/client-authentication/registry.ts";
import { getRotation } from "#lib/oauth/rotation/get-rotation.ts";
import { runPage } from "#lib/web/action.ts";
import { loadCredential } from "../load-credential.ts";
import { StageForm } from "./_components/stage-form.tsx";

export const metadata: Metadata = { title: "Stage the next secret" };

export default async function StagePage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const credential = await loadCredential(id);
  const { staged } = await runPage((ctx) => {
    requirePermission(ctx, "credentials.write");
    return getRotation(ctx, id);
  });
  return (
    <>
      <PageHeader
        title={`Stage the next ${usesSecret(credential) ? "secret" : "certificate"} of ${credential.name}`}
        breadcrumbs={[
          { label: "Credentials", href: "/credentials" },
          { label: credential.name, href: `/credentials/${id}` },
        ]}
      />
      {staged ? (
        <div className="max-w-3xl">
          <Notice tone="warn" title={`${staged.placedBy} has staged one already.`}>
            Promote or discard that one first, on{" "}
            <Link className="link underline" href={`/credentials/${id}#rotation`}>
              the credential’s page
            </Link>
            .
          </Notice>
        </div>
      ) : (
        <StageForm credential={credential} />
      )}
    </>
  );
}
