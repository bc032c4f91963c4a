"use client";
import { Button } from "@mantine/core";
import { useState, useTransition } from "react";
import { ActionErrorAlert, type ShownError } from "#app/_ui/action-error.tsx";
import { callAction } from "#app/_ui/call-action.ts";
import { Notice } from "#app/_ui/notice.tsx";
import { explainHost, explainRequest, type MissingHost } from "#lib/oauth/credentials/allowed-hosts.ts";
import { allowTransportHosts } from "../../actions.ts";

type Props = { id: string; credentialName: string; hosts: MissingHost[]; canAllowHosts: boolean };

/** Why runs of a transport fail: its credential doesn't allow where it leads. Admins fix that here. */
export function MissingHosts({ id, credentialName, hosts, canAllowHosts }: Props) {
  const [error, setError] = useState<ShownError | null>(null);
  const [isPending, startTransition] = useTransition();
  const allow = (entry: string) =>
    startTransition(async () => {
      const answer = await callAction(allowTransportHosts, { id, hosts: [entry] });
      setError(answer.ok ? null : answer.error);
    });
  return (
    <div className="grid gap-3">
      {hosts.map(({ entry, origin }) => (
        <Notice key={entry} tone="bad" title={explainHost(credentialName, origin)}>
          <p className="m-0">Runs of this transport fail. {!canAllowHosts && explainRequest(credentialName, entry)}</p>
          {canAllowHosts && (
            <Button className="mt-2" size="xs" variant="default" loading={isPending} onClick={() => allow(entry)}>
              Allow {origin}
            </Button>
          )}
        </Notice>
      ))}
      <ActionErrorAlert error={error} />
    </div>
  );
}
