"use client";
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useCallback, useState, useTransition } from "react";
import { findFilterCredentials } from "#app/_shared/options/actions.ts";
import { ActionErrorAlert, type ShownError } from "#app/_ui/action-error.tsx";
import { callAction } from "#app/_ui/call-action.ts";
import { type FindOptions, SearchSelect } from "#app/_ui/search-select.tsx";
import type { MissingHost } from "#lib/oauth/credentials/allowed-hosts.ts";
import { readHostsToAllow, reassign } from "../actions.ts";

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
  const [missing, setMissing] = useState<{ hosts: MissingHost[]; canAllow: boolean } | null>(null);
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
      const answer = await reassign({
        id,
        credentialId: to,
        allowHosts: missing?.hosts.map(({ entry }) => entry) ?? [],
      });
      if (!answer.ok) return setError(answer.error);
      notifications.show({ message: `${transports} no longer use “${name}”.`, color: "green" });
      onDone();
    });
  const select = (next: string | null) => {
    setTo(next);
    setMissing(null);
    if (!next) return;
    startTransition(async () => {
      const answer = await callAction(readHostsToAllow, { id, to: next });
      if (answer.ok) setMissing(answer.value);
      else setError(answer.error);
    });
  };
  const origins = missing?.hosts.map(({ origin }) => origin).join(", ");
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-end gap-2">
        <SearchSelect
          className="min-w-48 grow"
          label="Reassign to…"
          placeholder="Pick another credential"
          find={find}
          value={to}
          onChange={select}
          nothingFound="No other credential fits"
        />
        <Button variant="default" disabled={!to || !missing} loading={isPending} onClick={move}>
          Reassign {transports}
        </Button>
      </div>
      <p role="status" className="m-0 text-sm empty:hidden">
        {origins &&
          (missing?.canAllow
            ? `The credential can then also send its token to ${origins}.`
            : `The credential can't send its token to ${origins} yet. Ask an admin to allow that first.`)}
      </p>
      <ActionErrorAlert error={error} />
    </div>
  );
}
