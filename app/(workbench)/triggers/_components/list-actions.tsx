"use client";
import { CirclePauseIcon, CirclePlayIcon, PencilIcon, PlayIcon, Trash2Icon } from "lucide-react";
import { type ReactNode, useState } from "react";
import { ConfirmDialog } from "#app/_ui/confirm-dialog.tsx";
import { RowActions } from "#app/_ui/row-actions.tsx";
import { enableTriggers, removeTriggers } from "../actions.ts";

type Row = {
  id: string;
  name: string;
  transportName: string;
  enabled: boolean;
  queued: number;
  held: number;
  mayWrite: boolean;
  mayRun: boolean;
};

/** What users can do with triggers of the list. */
export function TriggerListActions({ rows, children }: { rows: Row[]; children: ReactNode }) {
  const [deleting, setDeleting] = useState<{ rows: Row[]; confirm: () => void } | null>(null);
  const close = () => setDeleting(null);
  return (
    <RowActions
      rows={rows.map((row) => ({ ...row, href: `/triggers/${row.id}` }))}
      noun={{ one: "trigger", many: "triggers" }}
      actions={(run) => [
        {
          label: "Edit",
          icon: PencilIcon,
          applies: ({ mayWrite }) => mayWrite,
          href: ({ href }) => `${href}/edit`,
        },
        { label: "Run", icon: PlayIcon, applies: ({ mayRun }) => mayRun, href: ({ href }) => `${href}/run` },
        {
          label: "Disable",
          icon: CirclePauseIcon,
          applies: ({ mayWrite, enabled }) => mayWrite && enabled,
          onSelect: (chosen) =>
            run({
              rows: chosen,
              words: { doing: "Disabling", done: "Disabled" },
              action: (ids) => enableTriggers({ ids, enabled: false }),
            }),
        },
        {
          label: "Enable",
          icon: CirclePlayIcon,
          applies: ({ mayWrite, enabled }) => mayWrite && !enabled,
          onSelect: (chosen) =>
            run({
              rows: chosen,
              words: { doing: "Enabling", done: "Enabled" },
              action: (ids) => enableTriggers({ ids, enabled: true }),
            }),
        },
        {
          label: "Delete",
          icon: Trash2Icon,
          isDestructive: true,
          applies: ({ mayWrite }) => mayWrite,
          onSelect: (chosen) =>
            setDeleting({
              rows: chosen,
              confirm: () =>
                run({
                  rows: chosen,
                  words: { doing: "Deleting", done: "Deleted" },
                  action: (ids) => removeTriggers({ ids }),
                }),
            }),
        },
      ]}
    >
      {children}
      {deleting && (
        <ConfirmDialog
          opened
          title={
            deleting.rows.length === 1
              ? `Delete the trigger “${deleting.rows[0]!.name}”?`
              : `Delete ${deleting.rows.length} triggers?`
          }
          confirmLabel="Delete"
          irreversible
          onConfirm={() => {
            close();
            deleting.confirm();
          }}
          onClose={close}
        >
          <p className="m-0 mb-3">
            API clients and webhooks can't run them anymore. Their transports and past runs stay; queued runs are
            cancelled.
          </p>
          <ul className="m-0 grid max-h-64 list-none gap-2 overflow-auto p-0 text-sm">
            {deleting.rows.map(({ id, name, transportName, queued, held }) => (
              <li key={id} className="wrap-anywhere">
                <span className="font-semibold">{name}</span>: sends over {transportName}
                {queued + held > 0 && `, ${queued + held === 1 ? "1 run waits" : `${queued + held} runs wait`}`}
              </li>
            ))}
          </ul>
        </ConfirmDialog>
      )}
    </RowActions>
  );
}
