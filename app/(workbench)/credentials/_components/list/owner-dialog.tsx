"use client";
import { TextInput } from "@mantine/core";
import { useState } from "react";
import { ConfirmDialog } from "#app/_ui/confirm-dialog.tsx";
import { commonFields, credentialLabels } from "#lib/oauth/credentials/definition.ts";
import { setCredentialOwner } from "../../actions.ts";
import type { Chosen, Run } from "./chosen.ts";

type Props = { rows: Chosen[]; run: Run; onClose: () => void };

/** Gives credentials another owner. */
export function OwnerDialog({ rows, run, onClose }: Props) {
  const [owner, setOwner] = useState("");
  const [ownerEmail, setEmail] = useState("");
  const parsed = commonFields.ownerEmail.safeParse(ownerEmail.trim());
  const count = rows.length === 1 ? `“${rows[0]!.name}”` : `${rows.length} credentials`;
  const confirm = () => {
    onClose();
    run({
      rows,
      words: { doing: "Setting the owner of", done: "Set the owner of" },
      outcomeOf: () => (owner.trim() ? `Owner: ${owner.trim()}` : "No owner"),
      action: (ids) => setCredentialOwner({ ids, owner, ownerEmail: ownerEmail.trim() }),
    });
  };
  return (
    <ConfirmDialog
      opened
      title={`Set the owner of ${count}`}
      confirmLabel="Set owner"
      blocked={!parsed.success}
      onConfirm={confirm}
      onClose={onClose}
    >
      <div className="grid gap-3">
        <TextInput
          label={credentialLabels.owner}
          description="If empty, the credentials have no owner."
          maxLength={200}
          value={owner}
          onChange={(event) => setOwner(event.currentTarget.value)}
        />
        <TextInput
          label={credentialLabels.ownerEmail}
          description="Receives alerts. Defaults to Owner if that is an email address or a user who has one."
          value={ownerEmail}
          error={parsed.success ? null : parsed.error.issues[0]?.message}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
      </div>
    </ConfirmDialog>
  );
}
