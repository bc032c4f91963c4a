import type { Metadata } from "next";
import { noSessions, sessionColumns } from "#app/_shared/accounts/session-table.tsx";
import { listPage } from "#app/_shared/lists/list-page.tsx";
import { listSessions } from "#lib/access/accounts/list-sessions.ts";
import { sessionQuery } from "#lib/access/accounts/schema.ts";

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

export default listPage({
  path: "/sessions",
  schema: sessionQuery,
  list: (ctx, query) => listSessions(ctx, query),
  view: (ctx) => ({
    title: "Sessions",
    description:
      "Who is signed in, and from where. A session ends after 2 hours without use and after 12 hours at the latest.",
    search: "Search by user, address or profile",
    filters,
    table: { caption: "Sessions", columns: sessionColumns(ctx, { withUser: true }), empty: noSessions },
  }),
});
