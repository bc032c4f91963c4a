"use client";
import { Loader } from "@mantine/core";
import Link from "next/link";
import { NextRun, TouchedTriggerList } from "#app/_shared/transports/touched-triggers.tsx";
import { ActionErrorAlert, type ShownError } from "#app/_ui/action-error.tsx";
import type { BlastRadius as Radius } from "#lib/oauth/credentials/model.ts";
import { Reassign } from "./reassign.tsx";

type Props = {
  credential: { id: string; name: string };
  radius: Radius | null;
  error: ShownError | null;
  /** Called when its transports have another credential. */
  onReassigned: () => void;
};

const shown = 20;

/** What a change of a credential touches, with "Reassign to…". */
export function BlastRadius({ credential, radius, error, onReassigned }: Props) {
  if (!radius) {
    return (
      <>
        {!error && (
          <p className="m-0 flex items-center gap-2" role="status">
            <Loader size="xs" aria-hidden /> Looking for what uses it…
          </p>
        )}
        <ActionErrorAlert error={error} />
      </>
    );
  }
  const { counts, transports, triggers } = radius;
  if (counts.transports === 0) return null;
  return (
    <div className="grid gap-3">
      <NextRun triggers={triggers} />
      <ul className="m-0 grid max-h-60 list-none gap-2 overflow-auto p-0">
        {transports.slice(0, shown).map((transport) => (
          <li key={transport.id} className="wrap-anywhere">
            <Link className="link underline" href={`/transports/${transport.id}`} prefetch={false}>
              {transport.name}
            </Link>{" "}
            <span className="text-dimmed">on {transport.nodeName}</span>
            <TriggersOf triggers={triggers.filter(({ transportId }) => transportId === transport.id)} />
          </li>
        ))}
        {counts.transports > Math.min(shown, transports.length) && (
          <li className="text-dimmed">and {counts.transports - Math.min(shown, transports.length)} more transports</li>
        )}
      </ul>
      <Reassign credential={credential} count={counts.transports} onDone={onReassigned} />
    </div>
  );
}

function TriggersOf({ triggers }: { triggers: Radius["triggers"] }) {
  if (triggers.length === 0) return <span className="text-dimmed">, no trigger</span>;
  return <TouchedTriggerList triggers={triggers} />;
}

/** In words: `2 transports and 3 triggers on 1 node depend on it. 4 people are signed in with it.` */
export function sayBlastRadius({ counts, nodes }: Radius): string {
  const people = counts.sessions === 1 ? "1 person is" : `${counts.sessions} people are`;
  const signedIn = counts.sessions > 0 ? ` ${people} signed in with it.` : "";
  if (counts.transports === 0) return `No transport uses it.${signedIn}`;
  const [transports, triggers] = [amount(counts.transports, "transport"), amount(counts.triggers, "trigger")];
  return `${transports} and ${triggers} on ${amount(nodes.length, "node")} depend on it.${signedIn}`;
}

function amount(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
