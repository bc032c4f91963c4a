import {
  BanIcon,
  CircleCheckIcon,
  CirclePauseIcon,
  CircleQuestionMarkIcon,
  CircleXIcon,
  ClockAlertIcon,
  HourglassIcon,
  PlayIcon,
  TriangleAlertIcon,
} from "lucide-react";
import type { RunStatus } from "#lib/delivery/runs/model.ts";
import type { CredentialStatus } from "#lib/oauth/credentials/kinds.ts";
import { Badge } from "./badge.tsx";

const credentialLooks = {
  unverified: { tone: "muted", icon: CircleQuestionMarkIcon, word: "Unverified" },
  active: { tone: "ok", icon: CircleCheckIcon, word: "Active" },
  expiring: { tone: "warn", icon: ClockAlertIcon, word: "Expiring" },
  degraded: { tone: "warn", icon: TriangleAlertIcon, word: "Degraded" },
  action_needed: { tone: "bad", icon: CircleXIcon, word: "Action needed" },
  disabled: { tone: "muted", icon: BanIcon, word: "Disabled" },
} as const satisfies Record<CredentialStatus, unknown>;

/** Words of the statuses, for filters and texts. */
export const credentialStatusWords = Object.fromEntries(
  Object.entries(credentialLooks).map(([status, look]) => [status, look.word]),
) as Record<CredentialStatus, string>;

type StatusProps = {
  status: CredentialStatus;
  /** Shows as title; say it in words beside the badge where there is room. */
  reason?: string | null;
  /** Whether a check is due or in progress that decides the status. */
  isChecking?: boolean;
};

/** Status of a credential. */
export function StatusBadge({ status, reason, isChecking = false }: StatusProps) {
  if (isChecking) {
    return (
      <Badge tone="info" icon={HourglassIcon}>
        Checking…
      </Badge>
    );
  }
  const look = credentialLooks[status];
  return (
    <Badge tone={look.tone} icon={look.icon} title={reason ?? undefined}>
      {look.word}
    </Badge>
  );
}

const runLooks = {
  succeeded: { tone: "ok", icon: CircleCheckIcon, word: "Succeeded" },
  failed: { tone: "bad", icon: CircleXIcon, word: "Failed" },
  queued: { tone: "info", icon: HourglassIcon, word: "Queued" },
  held: { tone: "warn", icon: CirclePauseIcon, word: "Held" },
  running: { tone: "info", icon: PlayIcon, word: "Running" },
} as const satisfies Record<RunStatus, unknown>;

export const runStatusWords = Object.fromEntries(
  Object.entries(runLooks).map(([status, look]) => [status, look.word]),
) as Record<RunStatus, string>;

/** Status of a run. */
export function RunStatusBadge({ status }: { status: RunStatus }) {
  const look = runLooks[status];
  return (
    <Badge tone={look.tone} icon={look.icon}>
      {look.word}
    </Badge>
  );
}
