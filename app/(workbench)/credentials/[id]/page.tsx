import type { Metadata } from "next";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { StatusBadge } from "#app/_ui/status-badge.tsx";
import { firstValues, type SearchParams } from "#app/_ui/url.ts";
import { UsedByCard } from "#app/_ui/used-by-card.tsx";
import { getLastCheck } from "#lib/delivery/connection-check/last-check.ts";
import { getRotation } from "#lib/oauth/rotation/get-rotation.ts";
import { listReceivedRoles } from "#lib/oauth/sign-in/received-roles.ts";
import { readOwnerAddress } from "#lib/oversight/alerts/owner-address.ts";
import { getEnv } from "#lib/platform/env/env.ts";
import { mayDoSomewhere, runPage } from "#lib/web/action.ts";
import { isPending } from "../_components/is-pending.ts";
import { grantWords, typeWords } from "../_components/words.ts";
import { AccessCard } from "./_components/access-card.tsx";
import { Configuration } from "./_components/configuration.tsx";
import { CredentialActions } from "./_components/credential-actions.tsx";
import { EventLog, loadEvents } from "./_components/event-log.tsx";
import { RotationCard } from "./_components/rotation-card.tsx";
import { StatusCard } from "./_components/status-card.tsx";
import { loadCredential } from "./load-credential.ts";
import { loadNodeNames } from "./load-node-names.ts";

type Props = { params: Promise<{ id: string }>; searchParams: Promise<SearchParams> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await loadCredential((await params).id)).name };
}

export default async function CredentialPage({ params, searchParams }: Props) {
  const { id } = await params;
  const query = await searchParams;
  const credential = await loadCredential(id);
  const { mayWrite, mayCheck, ...loaded } = await runPage(async (ctx) => {
    const mayWrite = mayDoSomewhere(ctx, "credentials.write");
    const mayCheck = mayDoSomewhere(ctx, "credentials.check");
    const [events, offeredAt, lastCheck, ownerAddress, rotation, received] = await Promise.all([
      loadEvents(ctx, id, firstValues(query)),
      loadNodeNames(ctx, credential.type === "user" ? credential.offeredAt : []),
      getLastCheck(ctx, id),
      readOwnerAddress(ctx, id),
      getRotation(ctx, id),
      mayWrite && credential.type === "user" ? listReceivedRoles(ctx, credential) : [],
    ]);
    return { events, offeredAt, lastCheck, ownerAddress, rotation, received, mayWrite, mayCheck };
  });
  const { events, offeredAt, lastCheck, ownerAddress, rotation, received } = loaded;
  const checkAtOnce = mayCheck && credential.enabled && query.check === "1";
  const isChecking = checkAtOnce || isPending(credential);
  return (
    <>
      <PageHeader
        title={credential.name}
        badge={<StatusBadge status={credential.status} reason={credential.statusReason} isChecking={isChecking} />}
        description={`${typeWords[credential.type]}, ${grantWords[credential.type]}`}
        breadcrumbs={[{ label: "Credentials", href: "/credentials" }]}
        actions={mayWrite && <CredentialActions credential={credential} />}
      />
      <div className="grid grid-cols-1 gap-5">
        <StatusCard
          credential={credential}
          mayWrite={mayWrite}
          mayCheck={mayCheck}
          lastCheck={lastCheck}
          checkAtOnce={checkAtOnce}
          isChecking={isChecking}
        />
        {credential.type === "user" && mayWrite && <AccessCard credential={credential} received={received} />}
        <div className="grid grid-cols-1 items-start gap-5 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
          <Configuration
            credential={credential}
            redirectUri={`${getEnv().url}/api/credentials/callback`}
            ownerAddress={ownerAddress}
            offeredAt={offeredAt}
          />
          <div className="grid grid-cols-1 gap-5">
            <UsedByCard
              uses={credential.usedBy}
              path="/transports"
              empty="No transport uses it yet. Choose Credential under Authorization of a transport, then this one's name."
            />
            <RotationCard credential={credential} rotation={rotation} mayWrite={mayWrite} />
          </div>
        </div>
        <EventLog credential={credential} events={events} params={query} />
      </div>
    </>
  );
}
