import type { Metadata } from "next";
import { SessionTable } from "#app/_shared/accounts/session-table.tsx";
import { FilterBar } from "#app/_ui/filter-bar.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { firstValues, type SearchParams } from "#app/_ui/url.ts";
import { listSessions } from "#lib/access/accounts/list-sessions.ts";
import { sessionQuery } from "#lib/access/accounts/schema.ts";
import { runPage } from "#lib/web/action.ts";
import { readQuery } from "#lib/web/read-query.ts";

export const metadata: Metadata = { title: "Sessions" };

const filters = [
  {
    name: "method",
    label: "Signed in with",
    allLabel: "Any way",
    options: [
      { value: "local", label: "Password" },
      { value: "profile", label: "Credential profile" },
    ],
  },
  {
    name: "mfa",
    label: "Second factor",
    allLabel: "With or without",
    options: [
      { value: "yes", label: "With" },
      { value: "no", label: "Without" },
    ],
  },
  { name: "status", label: "Status", allLabel: "Active", options: [{ value: "ended", label: "Ended" }] },
];

export default async function SessionsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  return runPage(async (ctx) => {
    const params = await searchParams;
    const page = await listSessions(ctx, readQuery(sessionQuery, firstValues(params)));
    return (
      <>
        <PageHeader
          title="Sessions"
          description="Who is signed in, and from where. A session ends after 2 hours without use and after 12 hours at the latest."
        />
        <FilterBar searchLabel="Search by user, address or profile" filters={filters} />
        <SessionTable
          page={page}
          ownSession={ctx.actor.kind === "user" ? ctx.actor.sessionId : null}
          withUser
          params={params}
          path="/sessions"
        />
      </>
    );
  });
}
