"use client";
import { Checkbox, Loader, Textarea } from "@mantine/core";
import { useEffect, useState } from "react";
import { ActionErrorAlert, type ShownError } from "#app/_ui/action-error.tsx";
import { callAction } from "#app/_ui/call-action.ts";
import { ConfirmDialog } from "#app/_ui/confirm-dialog.tsx";
import { toHosts } from "#app/_ui/hosts-field.tsx";
import { hostsToAllow } from "#lib/delivery/transports/definition.ts";
import { allowCredentialHosts, readMissingHosts } from "../../actions.ts";
import type { Chosen, Run } from "./chosen.ts";

type Props = { rows: Chosen[]; run: Run; onClose: () => void };
/** A host that transports need, and the credentials that don't allow it yet. */
type Needed = { entry: string; origin: string; names: string[] };

/** Allows destinations for credentials: those that their transports need, each confirmed, and others. */
export function DestinationsDialog({ rows, run, onClose }: Props) {
  const { needed, error } = useNeededHosts(rows);
  const [confirmed, setConfirmed] = useState<string[]>([]);
  const [text, setText] = useState("");
  const hosts = toHosts(text);
  const parsed = hostsToAllow.safeParse(hosts);
  const wrong = parsed.success ? null : parsed.error.issues[0];
  const count = rows.length === 1 ? `“${rows[0]!.name}”` : `${rows.length} credentials`;
  const confirm = () => {
    onClose();
    run({
      rows,
      words: { doing: "Allowing destinations for", done: "Allowed destinations for" },
      outcomeOf: () => "The selected destinations are allowed.",
      action: (ids) => allowCredentialHosts({ ids, hosts, needed: confirmed }),
    });
  };
  return (
    <ConfirmDialog
      opened
      title={`Allow destinations for ${count}`}
      confirmLabel="Allow"
      blocked={!parsed.success || hosts.length + confirmed.length === 0}
      onConfirm={confirm}
      onClose={onClose}
    >
      <div className="grid gap-4">
        <p className="m-0">Tokens can then also be sent there. Destinations that are allowed already stay.</p>
        {!needed && !error && <Loader size="sm" aria-label="Looking for what transports need" />}
        <ActionErrorAlert error={error} />
        {needed && needed.length > 0 && (
          <Checkbox.Group
            label="Needed by transports"
            description="Only credentials whose transports need a destination get it."
            value={confirmed}
            onChange={setConfirmed}
          >
            <div className="mt-2 grid max-h-48 gap-2 overflow-auto">
              {needed.map(({ entry, origin, names }) => (
                <Checkbox
                  key={entry}
                  value={entry}
                  label={origin}
                  description={
                    names.length > 3
                      ? `${names.slice(0, 3).join(", ")}, and ${names.length - 3} more`
                      : names.join(", ")
                  }
                />
              ))}
            </div>
          </Checkbox.Group>
        )}
        <Textarea
          label={rows.length === 1 ? "Other destinations" : "For all selected credentials"}
          description="One host per line, such as orders.example.com or *.example.com."
          autosize
          minRows={2}
          maxRows={8}
          spellCheck={false}
          classNames={{ input: "font-mono" }}
          value={text}
          error={wrong && `${hosts[Number(wrong.path[0])] ?? ""} ${wrong.message}`.trim()}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </div>
    </ConfirmDialog>
  );
}

function useNeededHosts(rows: Chosen[]) {
  const [needed, setNeeded] = useState<Needed[] | null>(null);
  const [error, setError] = useState<ShownError | null>(null);
  useEffect(() => {
    callAction(readMissingHosts, { ids: rows.map(({ id }) => id) }).then((answer) => {
      if (!answer.ok) return setError(answer.error);
      const nameOf = new Map(rows.map(({ id, name }) => [id, name]));
      const byEntry = new Map<string, Needed>();
      for (const { id, hosts } of answer.value) {
        for (const host of hosts) {
          const known = byEntry.get(host.entry) ?? { ...host, names: [] };
          known.names.push(nameOf.get(id) ?? id);
          byEntry.set(host.entry, known);
        }
      }
      setNeeded([...byEntry.values()]);
    });
  }, [rows]);
  return { needed, error };
}
