"use client";
import { Button, Loader } from "@mantine/core";
import { KeyRoundIcon, PlusIcon } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { SuccessorNote } from "#app/_shared/credentials/successor-note.tsx";
import type { ShownList } from "#app/_shared/lists/list-page.tsx";
import { type Column, DataTable } from "#app/_ui/data-table.tsx";
import { DaysLeft } from "#app/_ui/days-left.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { RefreshWhile } from "#app/_ui/refresh-while.tsx";
import { useRowProgress } from "#app/_ui/row-cells.tsx";
import { StatusBadge } from "#app/_ui/status-badge.tsx";
import type { CredentialSummary } from "#lib/oauth/credentials/model.ts";
import { isPending } from "./is-pending.ts";
import { CredentialActions } from "./list/credential-actions.tsx";
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
  const { id, status, statusReason } = credential;
  const isChecking = isPending(credential);
  const progress = useRowProgress(id);
  if (progress) {
    return (
      <span className="inline-flex items-center gap-2 text-dimmed">
        <Loader size={14} aria-hidden /> {progress}…
      </span>
    );
  }
  // A good status needs no reason beside it.
  const says = status !== "active" && statusReason !== "" && !isChecking;
  return (
    <div>
      <StatusBadge status={status} reason={statusReason} isChecking={isChecking} />
      {says && <div className="mt-0.5 line-clamp-2 max-w-md text-dimmed wrap-anywhere lg:min-w-40">{statusReason}</div>}
    </div>
  );
}

/** The list of credentials, with what can be done with one or several of them. */
export function CredentialTable({ rows, mayWrite, mayCheck, isFiltered, ...list }: Props) {
  const router = useRouter();
  const add = () => router.push("/credentials/new");
  return (
    <CredentialActions rows={rows} mayWrite={mayWrite} mayCheck={mayCheck}>
      <RefreshWhile pending={rows.some(isPending)} />
      {mayWrite && (
        <Button className="mb-3" leftSection={<PlusIcon size={16} aria-hidden />} onClick={add}>
          Add
        </Button>
      )}
      <DataTable
        {...list}
        caption="Credentials"
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        rowActions={{ isSelectable: mayWrite || mayCheck }}
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
    </CredentialActions>
  );
}
