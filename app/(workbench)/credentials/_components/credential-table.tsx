"use client";
import { Button } from "@mantine/core";
import { KeyRoundIcon, PencilIcon, PlusIcon, RefreshCwIcon, Trash2Icon } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { SuccessorNote } from "#app/_shared/credentials/successor-note.tsx";
import type { ShownList } from "#app/_shared/lists/list-page.tsx";
import { type Column, DataTable } from "#app/_ui/data-table.tsx";
import { DaysLeft } from "#app/_ui/days-left.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { RefreshWhile } from "#app/_ui/refresh-while.tsx";
import { StatusBadge } from "#app/_ui/status-badge.tsx";
import type { CredentialSummary } from "#lib/oauth/credentials/model.ts";
import { CheckResult } from "./check-result.tsx";
import { DeleteDialog } from "./delete-dialog.tsx";
import { isPending } from "./is-pending.ts";
import { useCheck } from "./use-check.ts";
import { grantWords, typeWords } from "./words.ts";

type Props = ShownList<CredentialSummary> & { mayWrite: boolean; mayCheck: boolean };

const columns: Column<CredentialSummary>[] = [
  {
    key: "name",
    header: "Name",
    sort: "name",
    isRowHeader: true,
    render: ({ id, name }) => (
      <Link className="link block wrap-anywhere lg:min-w-28" href={`/credentials/${id}`} prefetch={false}>
        {name}
      </Link>
    ),
  },
  {
    key: "type",
    header: "Type",
    sort: "type",
    render: ({ type }) => (
      <div>
        <div>{typeWords[type]}</div>
        <div className="whitespace-nowrap text-xs text-dimmed">{grantWords[type]}</div>
      </div>
    ),
  },
  { key: "status", header: "Status", sort: "status", render: (row) => <Status {...row} /> },
  {
    key: "expires",
    header: "Token expires",
    sort: "tokenExpiresAt",
    render: ({ tokenExpiresAt }) => <Instant at={tokenExpiresAt} show="relative" fallback="no token" />,
  },
  {
    key: "secretEnds",
    header: "Secret expires",
    sort: "secretEndsAt",
    render: ({ id, secretEndsAt, successor }) => (
      <>
        <DaysLeft endsAt={secretEndsAt} />
        <SuccessorNote credentialId={id} successor={successor} />
      </>
    ),
  },
  {
    key: "checked",
    header: "Checked",
    sort: "lastCheckedAt",
    render: ({ lastCheckedAt }) => <Instant at={lastCheckedAt} show="relative" />,
  },
  {
    key: "used",
    header: "Used by",
    render: ({ usedBy }) => (
      <span className={usedBy === 0 ? "text-dimmed" : "whitespace-nowrap"}>
        {usedBy === 0 ? "nothing" : `${usedBy} transport${usedBy === 1 ? "" : "s"}`}
      </span>
    ),
  },
  {
    key: "owner",
    header: "Owner",
    sort: "owner",
    render: ({ owner }) => owner && <span className="block wrap-anywhere lg:min-w-20">{owner}</span>,
  },
];

function Status(credential: CredentialSummary) {
  const { status, statusReason } = credential;
  const isChecking = isPending(credential);
  // A good status needs no reason beside it.
  const says = status !== "active" && statusReason !== "" && !isChecking;
  return (
    <div>
      <StatusBadge status={status} reason={statusReason} isChecking={isChecking} />
      {says && <div className="mt-0.5 line-clamp-2 max-w-md text-dimmed wrap-anywhere lg:min-w-40">{statusReason}</div>}
    </div>
  );
}

/** The list of credentials: a row is chosen by its radio or a click on it, then edited, checked or deleted. */
export function CredentialTable({ rows, mayWrite, mayCheck, isFiltered, ...list }: Props) {
  const router = useRouter();
  const [chosen, setChosen] = useState<string | null>(null);
  const [isDeleting, setDeleting] = useState(false);
  const check = useCheck();
  const selected = rows.find(({ id }) => id === chosen) ?? null;
  const table = useRef<HTMLDivElement>(null);
  useRowClicks(table);
  const add = () => router.push("/credentials/new");
  const mayAct = mayWrite || mayCheck;

  return (
    <div ref={table}>
      <RefreshWhile pending={rows.some(isPending)} />
      {mayAct && (
        <div className="mb-3 flex flex-wrap items-center gap-2" role="toolbar" aria-label="Credentials">
          {mayWrite && (
            <>
              <Button leftSection={<PlusIcon size={16} aria-hidden />} onClick={add}>
                Add
              </Button>
              <Button
                variant="default"
                leftSection={<PencilIcon size={16} aria-hidden />}
                disabled={!selected}
                onClick={() => selected && router.push(`/credentials/${selected.id}/edit`)}
              >
                Edit
              </Button>
              <Button
                variant="default"
                leftSection={<Trash2Icon size={16} aria-hidden />}
                disabled={!selected}
                onClick={() => setDeleting(true)}
              >
                Delete
              </Button>
            </>
          )}
          {mayCheck && (
            <Button
              variant="default"
              leftSection={<RefreshCwIcon size={16} aria-hidden />}
              disabled={!selected}
              loading={check.isRunning}
              onClick={() => selected && check.run(selected.id, selected.name)}
            >
              Check now
            </Button>
          )}
          <span className="text-sm text-dimmed" role="status">
            {rows.length === 0
              ? ""
              : selected
                ? `Selected: ${selected.name}`
                : "Select a row to edit, check or delete it."}
          </span>
        </div>
      )}
      <CheckResult check={check} mayWrite={mayWrite} className="mb-3" />
      <DataTable
        {...list}
        caption="Credentials"
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        selection={
          mayAct
            ? { name: "credential", label: ({ name }) => `Select ${name}`, selected: chosen, onSelect: setChosen }
            : undefined
        }
        empty={
          isFiltered ? (
            <EmptyState title="No credential fits" text="Change the search or the filters, or clear all." />
          ) : (
            <EmptyState
              icon={<KeyRoundIcon size={32} strokeWidth={1.4} aria-hidden />}
              title="No credentials yet"
              text="Add one with the endpoint URL, client ID, client secret and scope that your IT team gave you."
              action={mayWrite && <Button onClick={add}>Add the first credential</Button>}
            />
          )
        }
      />
      {selected && (
        <DeleteDialog
          key={selected.id}
          credential={selected}
          opened={isDeleting}
          onClose={() => setDeleting(false)}
          onDeleted={() => {
            setDeleting(false);
            setChosen(null);
            router.refresh();
          }}
        />
      )}
    </div>
  );
}

/** A click anywhere on a row chooses it, for the mouse alone; keyboards have the radios. */
function useRowClicks(table: React.RefObject<HTMLDivElement | null>): void {
  useEffect(() => {
    const box = table.current;
    const onClick = (event: MouseEvent) => {
      const target = event.target as HTMLElement;
      if (target.closest("a, button, input, label") || getSelection()?.isCollapsed === false) return;
      target.closest("tr")?.querySelector<HTMLInputElement>("input[type=radio]")?.click();
    };
    box?.addEventListener("click", onClick);
    return () => box?.removeEventListener("click", onClick);
  }, [table]);
}
