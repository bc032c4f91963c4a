"use client";
import { Button } from "@mantine/core";
import { RefreshCwIcon } from "lucide-react";
import { useEffect, useRef } from "react";
import { Card } from "#app/_ui/card.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { KeyValue } from "#app/_ui/key-value.tsx";
import { RefreshWhile } from "#app/_ui/refresh-while.tsx";
import { StatusBadge } from "#app/_ui/status-badge.tsx";
import type { LastCheck } from "#lib/delivery/connection-check/last-check.ts";
import type { CredentialDetail } from "#lib/oauth/credentials/model.ts";
import { CheckResult, FieldLink } from "../../_components/check-result.tsx";
import { isPending } from "../../_components/is-pending.ts";
import { useCheck } from "../../_components/use-check.ts";
import { useCheckedToast } from "../../_components/use-checked-toast.ts";

type Props = {
  credential: CredentialDetail;
  mayWrite: boolean;
  mayCheck: boolean;
  lastCheck: LastCheck | null;
  /** It was saved just now: check it without being asked to. */
  checkAtOnce: boolean;
  /** Whether the check of what was saved is due or in progress. */
  isChecking: boolean;
};

/** How the credential does, why, which field to look at, and Check now. */
export function StatusCard({ credential, mayWrite, mayCheck, lastCheck, checkAtOnce, isChecking }: Props) {
  const check = useCheck();
  const asked = useRef(false);
  const { id, name } = credential;
  useEffect(() => {
    const wasAsked = asked.current;
    asked.current = checkAtOnce;
    if (!checkAtOnce || wasAsked) return;
    // A reload of the page is no reason to ask again.
    window.history.replaceState(null, "", `/credentials/${id}`);
    void check.run(id, name);
  });
  useCheckedToast(credential, isChecking);
  const isUnderway = isChecking || check.isRunning;
  const code = [credential.providerCode, credential.errorCode].filter(Boolean).join(", ");
  return (
    <Card
      title="Status"
      actions={
        mayCheck && (
          <Button
            variant="default"
            leftSection={<RefreshCwIcon size={16} aria-hidden />}
            loading={check.isRunning}
            disabled={!credential.enabled}
            onClick={() => check.run(id, name)}
          >
            Check now
          </Button>
        )
      }
    >
      <RefreshWhile pending={isPending(credential) && !check.isRunning} />
      <div aria-live="polite" className="mb-3 flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <StatusBadge status={credential.status} isChecking={isUnderway} />
        {!isUnderway && (
          <span className="min-w-0 wrap-anywhere">
            {credential.statusReason} <FieldLink id={id} field={credential.statusField} mayWrite={mayWrite} />
          </span>
        )}
      </div>
      <CheckResult
        check={check}
        mayWrite={mayWrite}
        saidReason={credential.statusReason}
        last={lastCheck && { check: lastCheck, id, name, version: credential.version }}
        className="mb-3"
      />
      <KeyValue
        items={[
          ...(code ? [{ label: "Code", value: <code>{code}</code> }] : []),
          { label: "Last checked", value: <Instant at={credential.lastCheckedAt} /> },
          ...(credential.nextCheckAt
            ? [{ label: "Next attempt", value: <Instant at={credential.nextCheckAt} /> }]
            : []),
          { label: "Token expires", value: <Instant at={credential.tokenExpiresAt} fallback="no token" /> },
        ]}
      />
    </Card>
  );
}
