import { PlusIcon } from "lucide-react";
import type { Metadata } from "next";
import { RecentRuns } from "#app/_shared/runs/recent-runs.tsx";
import { Badge } from "#app/_ui/badge.tsx";
import { LinkButton } from "#app/_ui/link-button.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { UsedByCard } from "#app/_ui/used-by-card.tsx";
import { isAllowed } from "#lib/access/permissions/permissions.ts";
import { listRuns } from "#lib/delivery/runs/read-runs.ts";
import { listHostsOfTransport } from "#lib/delivery/transport-edits/missing-hosts.ts";
import type { TransportDetail } from "#lib/delivery/transports/model.ts";
import { mayDoSomewhere, runPage } from "#lib/web/action.ts";
import { typeWords } from "../_components/words.ts";
import { Configuration } from "./_components/configuration.tsx";
import { MissingHosts } from "./_components/missing-hosts.tsx";
import { TestCard } from "./_components/test-card.tsx";
import { TransportActions } from "./_components/transport-actions.tsx";
import { WsdlCard } from "./_components/wsdl-card.tsx";
import { loadTransport } from "./load-transport.ts";

type Props = { params: Promise<{ id: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await loadTransport((await params).id)).transport.name };
}

const recent = 10;

export default async function TransportPage({ params }: Props) {
  const { id } = await params;
  const { transport, mayWrite, mayTest, mayAddTrigger } = await loadTransport(id);
  const { runs, mayReadCredentials, missing, canAllowHosts } = await runPage(async (ctx) => ({
    missing: await listHostsOfTransport(ctx, id),
    canAllowHosts: isAllowed(ctx.grants, "credentials.write", null),
    runs: await listRuns(ctx, { transportId: id, limit: recent }),
    mayReadCredentials: mayDoSomewhere(ctx, "credentials.read"),
  }));
  return (
    <>
      <PageHeader
        title={transport.name}
        badge={<Badge tone="muted">{typeWords[transport.type]}</Badge>}
        description={addressOf(transport)}
        breadcrumbs={[{ label: "Transports", href: "/transports" }]}
        actions={mayWrite && <TransportActions transport={transport} />}
      />
      <div className="grid gap-5">
        {missing.length > 0 && transport.authorization.kind === "credential" && (
          <MissingHosts
            id={id}
            credentialName={transport.authorization.credentialName}
            hosts={missing}
            canAllowHosts={canAllowHosts}
          />
        )}
        {mayTest && <TestCard id={id} http={transport.http} mayReadCredentials={mayReadCredentials} />}
        <div
          className={`grid grid-cols-1 items-start gap-5 ${transport.wsdl ? "xl:grid-cols-2" : "xl:grid-cols-[3fr_2fr]"}`}
        >
          <Configuration transport={transport} mayReadCredentials={mayReadCredentials} />
          <div className="grid grid-cols-1 gap-5">
            {transport.soap && transport.wsdl && (
              <WsdlCard
                transport={transport}
                soap={transport.soap}
                wsdl={transport.wsdl}
                mayWrite={mayWrite}
                mayAddTrigger={mayAddTrigger}
              />
            )}
            <UsedByCard
              uses={transport.usedBy}
              path="/triggers"
              empty="No trigger uses it yet. A trigger sends a request over a transport."
              action={
                mayAddTrigger && (
                  <LinkButton
                    href={`/triggers/new?transportId=${id}&nodeId=${transport.nodeId}`}
                    variant="default"
                    size="xs"
                    leftSection={<PlusIcon size={14} aria-hidden />}
                  >
                    New trigger
                  </LinkButton>
                )
              }
            />
          </div>
        </div>
      </div>
      <RecentRuns
        caption={`Recent runs over ${transport.name}`}
        runs={runs.items}
        of={{ kind: "transport", id }}
        emptyTitle="Nothing was sent over this transport yet"
      />
    </>
  );
}

/** Where it leads, below the title. */
function addressOf({ http, soap, wsdl }: TransportDetail): string {
  return http?.url ?? (wsdl?.endpoint || soap?.endpointUrl || soap?.wsdlUrl || "");
}
