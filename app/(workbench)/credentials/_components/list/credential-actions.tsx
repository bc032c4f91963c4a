"use client";
import {
  CirclePauseIcon,
  CirclePlayIcon,
  FlaskConicalIcon,
  GlobeIcon,
  PencilIcon,
  RefreshCwIcon,
  Trash2Icon,
  UserRoundIcon,
} from "lucide-react";
import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import { RowActions } from "#app/_ui/row-actions.tsx";
import { credentialStatusWords } from "#app/_ui/status-badge.tsx";
import type { CredentialSummary } from "#lib/oauth/credentials/model.ts";
import { checkCredentials, enableCredentials } from "../../actions.ts";
import { DeleteDialog } from "../delete-dialog.tsx";
import { DisableDialog } from "../disable-dialog.tsx";
import { CheckDrawer, type Checked } from "./check-drawer.tsx";
import type { Chosen, Run } from "./chosen.ts";
import { DestinationsDialog } from "./destinations-dialog.tsx";
import { ImpactDialog } from "./impact-dialog.tsx";
import { OwnerDialog } from "./owner-dialog.tsx";

type Dialog = "delete" | "disable" | "owner" | "destinations";

type Props = { rows: CredentialSummary[]; mayWrite: boolean; mayCheck: boolean; children: ReactNode };

/** What users can do with credentials of the list. */
export function CredentialActions({ rows, mayWrite, mayCheck, children }: Props) {
  const router = useRouter();
  const [dialog, setDialog] = useState<{ kind: Dialog; rows: Chosen[]; run: Run } | null>(null);
  const [checked, setChecked] = useState<Checked | null>(null);
  const close = () => setDialog(null);
  const [only] = dialog?.rows ?? [];
  const isOne = dialog?.rows.length === 1;

  return (
    <RowActions
      rows={rows.map((row) => ({ ...row, href: `/credentials/${row.id}` }))}
      noun={{ one: "credential", many: "credentials" }}
      actions={(run) => {
        const ask = (kind: Dialog) => (chosen: Chosen[]) => setDialog({ kind, rows: chosen, run });
        const write = [
          { label: "Edit", icon: PencilIcon, href: ({ id }: Chosen) => `/credentials/${id}/edit` },
          {
            label: "Mapping sandbox",
            icon: FlaskConicalIcon,
            applies: ({ type }: CredentialSummary) => type === "user",
            href: ({ id }: Chosen) => `/credentials/${id}/mapping`,
          },
          {
            label: "Disable",
            icon: CirclePauseIcon,
            applies: ({ enabled }: CredentialSummary) => enabled,
            onSelect: ask("disable"),
          },
          {
            label: "Enable",
            icon: CirclePlayIcon,
            applies: ({ enabled }: CredentialSummary) => !enabled,
            onSelect: (chosen: Chosen[]) =>
              run({
                rows: chosen,
                words: { doing: "Enabling", done: "Enabled" },
                action: (ids) => enableCredentials({ ids, enabled: true }),
              }),
          },
          { label: "Set owner…", icon: UserRoundIcon, onSelect: ask("owner") },
          { label: "Allow destinations…", icon: GlobeIcon, onSelect: ask("destinations") },
          { label: "Delete", icon: Trash2Icon, isDestructive: true, onSelect: ask("delete") },
        ];
        const check = {
          label: "Check now",
          icon: RefreshCwIcon,
          applies: ({ enabled }: CredentialSummary) => enabled,
          onSelect: (chosen: Chosen[]) =>
            run({
              rows: chosen,
              words: { doing: "Checking", done: "Checked" },
              action: (ids) => checkCredentials({ ids }),
              outcomeOf: ({ status, statusReason }) =>
                status === "active"
                  ? credentialStatusWords.active
                  : `${credentialStatusWords[status]}. ${statusReason}`,
              onEnd: (ended) =>
                setChecked(ended.flatMap(({ row, result }) => (result.ok ? [{ ...row, result: result.value }] : []))),
            }),
        };
        return [
          ...(mayWrite ? write.slice(0, 1) : []),
          ...(mayCheck ? [check] : []),
          ...(mayWrite ? write.slice(1) : []),
        ];
      }}
    >
      {children}
      <CheckDrawer checked={checked} mayWrite={mayWrite} onClose={() => setChecked(null)} />
      {isOne && only && (
        <>
          <DeleteDialog
            key={`delete ${only.id}`}
            credential={only}
            opened={dialog.kind === "delete"}
            onClose={close}
            onDeleted={() => {
              close();
              router.refresh();
            }}
          />
          <DisableDialog
            key={`disable ${only.id}`}
            credential={only}
            opened={dialog.kind === "disable"}
            onClose={close}
            onChanged={() => router.refresh()}
          />
        </>
      )}
      {dialog && !isOne && (dialog.kind === "delete" || dialog.kind === "disable") && (
        <ImpactDialog kind={dialog.kind} rows={dialog.rows} run={dialog.run} onClose={close} />
      )}
      {dialog?.kind === "owner" && <OwnerDialog rows={dialog.rows} run={dialog.run} onClose={close} />}
      {dialog?.kind === "destinations" && <DestinationsDialog rows={dialog.rows} run={dialog.run} onClose={close} />}
    </RowActions>
  );
}
