"use client";
import { Loader } from "@mantine/core";
import Link from "next/link";
import { useEffect, useState } from "react";
import type { ShownError } from "#app/_ui/action-error.tsx";
import { ActionErrorAlert } from "#app/_ui/action-error.tsx";
import { callAction } from "#app/_ui/call-action.ts";
import { ConfirmDialog } from "#app/_ui/confirm-dialog.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import type { CredentialImpact } from "#lib/oauth/credential-edits/read-impacts.ts";
import { enableCredentials, readCredentialImpacts, removeCredentials } from "../../actions.ts";
import type { Chosen, Run } from "./chosen.ts";

type Props = { kind: "delete" | "disable"; rows: Chosen[]; run: Run; onClose: () => void };

const texts = {
  delete: {
    label: "Delete",
    words: { doing: "Deleting", done: "Deleted" },
    note: "Their secrets, tokens, and event logs are deleted, too. Credentials in use can't be deleted.",
  },
  disable: {
    label: "Disable",
    words: { doing: "Disabling", done: "Disabled" },
    note: "Their tokens are deleted, users who signed in with them are signed out, and runs that need them fail. You can enable them again.",
  },
};

/** Shows what uses several credentials, and asks once before they are deleted or disabled. */
export function ImpactDialog({ kind, rows, run, onClose }: Props) {
  const { label, words, note } = texts[kind];
  const { impacts, error } = useImpacts(rows);
  const free = impacts?.filter(({ transports }) => transports === 0).length ?? 0;
  const confirm = () => {
    onClose();
    run({
      rows,
      words,
      action: (ids) => (kind === "delete" ? removeCredentials({ ids }) : enableCredentials({ ids, enabled: false })),
    });
  };
  return (
    <ConfirmDialog
      opened
      title={`${label} ${rows.length} credentials?`}
      confirmLabel={label}
      irreversible={kind === "delete"}
      blocked={impacts === null || (kind === "delete" && free === 0)}
      onConfirm={confirm}
      onClose={onClose}
    >
      <p className="m-0 mb-3">{note}</p>
      {impacts ? (
        <ImpactList impacts={impacts} />
      ) : (
        !error && <Loader size="sm" aria-label="Looking for what uses them" />
      )}
      <ActionErrorAlert error={error} />
    </ConfirmDialog>
  );
}

function useImpacts(rows: Chosen[]) {
  const [impacts, setImpacts] = useState<CredentialImpact[] | null>(null);
  const [error, setError] = useState<ShownError | null>(null);
  useEffect(() => {
    callAction(readCredentialImpacts, { ids: rows.map(({ id }) => id) }).then((answer) => {
      if (answer.ok) setImpacts(answer.value);
      else setError(answer.error);
    });
  }, [rows]);
  return { impacts, error };
}

/** Those in use come first. */
function ImpactList({ impacts }: { impacts: CredentialImpact[] }) {
  const isUsed = ({ transports, sessions }: CredentialImpact) => Number(transports + sessions > 0);
  return (
    <ul className="m-0 grid max-h-64 list-none gap-2 overflow-auto p-0 text-sm">
      {impacts
        .toSorted((a, b) => isUsed(b) - isUsed(a))
        .map((impact) => (
          <li key={impact.id} className="wrap-anywhere">
            <span className="font-semibold">{impact.name}</span>: <Impact {...impact} />
          </li>
        ))}
    </ul>
  );
}

function Impact({ id, transports, triggers, sessions, nextDueAt }: CredentialImpact) {
  if (transports + sessions === 0) return <span className="text-dimmed">not in use</span>;
  return (
    <>
      {transports > 0 && (
        <>
          <Link className="link underline" href={`/transports?credentialId=${id}`} prefetch={false}>
            {amount(transports, "transport")}
          </Link>
          ,{" "}
          <Link className="link underline" href={`/triggers?credentialId=${id}`} prefetch={false}>
            {amount(triggers, "trigger")}
          </Link>
        </>
      )}
      {nextDueAt && (
        <>
          , next run <Instant at={nextDueAt} show="relative" />
        </>
      )}
      {sessions > 0 && `${transports > 0 ? ", " : ""}${amount(sessions, "signed-in user")}`}
    </>
  );
}

function amount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
