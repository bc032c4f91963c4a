"use client";
import { FlaskConicalIcon, PencilIcon, Trash2Icon } from "lucide-react";
import Link from "next/link";
import { type ReactNode, useState } from "react";
import { ConfirmDialog } from "#app/_ui/confirm-dialog.tsx";
import { RowActions } from "#app/_ui/row-actions.tsx";
import { removeTransports } from "../actions.ts";

type Row = { id: string; name: string; usedBy: number; mayWrite: boolean; mayTest: boolean };

/** What users can do with transports of the list. */
export function TransportListActions({ rows, children }: { rows: Row[]; children: ReactNode }) {
  const [deleting, setDeleting] = useState<{ rows: Row[]; confirm: () => void } | null>(null);
  const close = () => setDeleting(null);
  return (
    <RowActions
      rows={rows.map((row) => ({ ...row, href: `/transports/${row.id}` }))}
      noun={{ one: "transport", many: "transports" }}
      actions={(run) => [
        {
          label: "Edit",
          icon: PencilIcon,
          applies: ({ mayWrite }) => mayWrite,
          href: ({ href }) => `${href}/edit`,
        },
        { label: "Test", icon: FlaskConicalIcon, applies: ({ mayTest }) => mayTest, href: ({ href }) => href },
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
                  action: (ids) => removeTransports({ ids }),
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
              ? `Delete the transport “${deleting.rows[0]!.name}”?`
              : `Delete ${deleting.rows.length} transports?`
          }
          confirmLabel="Delete"
          irreversible
          blocked={deleting.rows.every(({ usedBy }) => usedBy > 0)}
          onConfirm={() => {
            close();
            deleting.confirm();
          }}
          onClose={close}
        >
          <p className="m-0 mb-3">Their runs stay. Transports that triggers use can't be deleted.</p>
          <ul className="m-0 grid max-h-64 list-none gap-2 overflow-auto p-0 text-sm">
            {deleting.rows
              .toSorted((a, b) => b.usedBy - a.usedBy)
              .map(({ id, name, usedBy }) => (
                <li key={id} className="wrap-anywhere">
                  <span className="font-semibold">{name}</span>:{" "}
                  {usedBy === 0 ? (
                    <span className="text-dimmed">not in use</span>
                  ) : (
                    <Link className="link underline" href={`/triggers?transportId=${id}`} prefetch={false}>
                      {usedBy === 1 ? "1 trigger" : `${usedBy} triggers`}
                    </Link>
                  )}
                </li>
              ))}
          </ul>
        </ConfirmDialog>
      )}
    </RowActions>
  );
}
