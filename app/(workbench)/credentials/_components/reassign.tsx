"use client";
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useCallback, useState, useTransition } from "react";
import { findFilterCredentials } from "#app/_shared/options/actions.ts";
import { ActionErrorAlert, type ShownError } from "#app/_ui/action-error.tsx";
import { type FindOptions, SearchSelect } from "#app/_ui/search-select.tsx";
import { reassign } from "../actions.ts";

type Props = {
  credential: { id: string; name: string };
  /** Transports that use it. */
  count: number;
  onDone: () => void;
};

/** Gives all transports of a credential another one. */
export function Reassign({ credential, count, onDone }: Props) {
  const [to, setTo] = useState<string | null>(null);
  const [error, setError] = useState<ShownError | null>(null);
  const [isPending, startTransition] = useTransition();
  const { id, name } = credential;
  const find: FindOptions = useCallback(
    async (input) => {
      const found = await findFilterCredentials(input);
      return found.ok ? { ...found, value: found.value.filter(({ value }) => value !== id) } : found;
    },
    [id],
  );
  const transports = count === 1 ? "1 transport" : `${count} transports`;
  const move = () =>
    startTransition(async () => {
      setError(null);
      if (!to) return;
      const answer = await reassign({ id, credentialId: to });
      if (!answer.ok) return setError(answer.error);
      notifications.show({ message: `${transports} no longer use “${name}”.`, color: "green" });
      onDone();
    });
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-end gap-2">
        <SearchSelect
          className="min-w-48 grow"
          label="Reassign to…"
          placeholder="Pick another credential"
          find={find}
          value={to}
          onChange={setTo}
          nothingFound="No other credential fits"
        />
        <Button variant="default" disabled={!to} loading={isPending} onClick={move}>
          Reassign {transports}
        </Button>
      </div>
      <ActionErrorAlert error={error} />
    </div>
  );
}
