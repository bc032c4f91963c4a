import type { Metadata } from "next";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { requirePermission } from "#lib/access/permissions/context.ts";
import { listHostsToAllow } from "#lib/delivery/transport-edits/missing-hosts.ts";
import { getBlastRadius } from "#lib/oauth/credential-edits/blast-radius.ts";
import type { CredentialDetail } from "#lib/oauth/credentials/model.ts";
import { listReceivedRoles } from "#lib/oauth/sign-in/received-roles.ts";
import { readTokenLifetime } from "#lib/oauth/tokens/token-lifetime.ts";
import { runPage } from "#lib/web/action.ts";
import { CredentialForm } from "../../_components/credential-form.tsx";
import { readFormSurroundings } from "../../_components/form-surroundings.ts";
import { TouchedCard } from "../../_components/touched-card.tsx";
import { loadCredential } from "../load-credential.ts";

export const metadata: Metadata = { title: "Edit credential" };

export default async function EditCredentialPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const credential = await loadCredential(id);
  const [surroundings, radius, tokenLifetimeSeconds, hostsInUse, receivedRoles] = await runPage((ctx) => {
    requirePermission(ctx, "credentials.write");
    const chosen = listChosenNodes(credential);
    return Promise.all([
      readFormSurroundings(ctx, chosen),
      getBlastRadius(ctx, id),
      readTokenLifetime(ctx, id),
      listHostsToAllow(ctx, id),
      credential.type === "user" ? listReceivedRoles(ctx, credential) : [],
    ]);
  });
  return (
    <>
      <PageHeader
        title={`Edit ${credential.name}`}
        breadcrumbs={[
          { label: "Credentials", href: "/credentials" },
          { label: credential.name, href: `/credentials/${id}` },
        ]}
      />
      {radius.counts.transports > 0 && (
        <div className="mb-5 max-w-3xl">
          <TouchedCard credential={{ id, name: credential.name }} radius={radius} />
        </div>
      )}
      <CredentialForm
        credential={credential}
        {...surroundings}
        tokenLifetimeSeconds={tokenLifetimeSeconds}
        hostsInUse={hostsInUse}
        receivedRoles={receivedRoles}
      />
    </>
  );
}

/** The nodes that the form shows as chosen. */
function listChosenNodes(credential: CredentialDetail): string[] {
  if (credential.type === "application") return [];
  const grants = [...credential.roleMapping, ...(credential.defaultRole ? [credential.defaultRole] : [])];
  return [...grants.flatMap(({ nodeId }) => nodeId ?? []), ...credential.offeredAt];
}
