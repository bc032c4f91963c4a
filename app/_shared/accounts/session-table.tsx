import Link from "next/link";
import { Badge } from "#app/_ui/badge.tsx";
import { type Column, DataTable } from "#app/_ui/data-table.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import type { SessionSummary } from "#lib/access/accounts/model.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import { describeUserAgent } from "#lib/access/sessions/describe-user-agent.ts";
import { RevokeSession } from "./revoke-session.tsx";

type Props = { sessions: SessionSummary[]; ctx: Context };

/** Sessions of one user, newest first, each with a button that ends it. */
export function SessionTable({ sessions, ctx }: Props) {
  return (
    <DataTable
      caption="Sessions"
      columns={sessionColumns(ctx, { withUser: false })}
      rows={sessions}
      rowKey={({ id }) => id}
      empty={<EmptyState {...noSessions} />}
    />
  );
}

export const noSessions = { title: "No sessions", text: "Nobody is signed in here." };

/** The columns of a list of sessions; the one in use is marked. */
export function sessionColumns({ actor }: Context, { withUser }: { withUser: boolean }): Column<SessionSummary>[] {
  const ownSession = actor.kind === "user" ? actor.sessionId : null;
  return [...(withUser ? [user] : []), browser(ownSession, !withUser), ...rest, end(ownSession)];
}

const user: Column<SessionSummary> = {
  key: "user",
  header: "User",
  isRowHeader: true,
  render: (session) => (
    <div>
      <Link className="link" href={`/users/${session.userId}`}>
        {session.username}
      </Link>
      {session.displayName && <div className="text-sm font-normal text-dimmed">{session.displayName}</div>}
    </div>
  ),
};

const browser = (ownSession: string | null, isRowHeader: boolean): Column<SessionSummary> => ({
  key: "browser",
  header: "Browser",
  isRowHeader,
  render: (session) => (
    <span className="inline-flex flex-wrap items-center gap-2" title={session.userAgent}>
      {describeUserAgent(session.userAgent)}
      {session.id === ownSession && <Badge tone="info">This one</Badge>}
    </span>
  ),
});

const rest: Column<SessionSummary>[] = [
  {
    key: "method",
    header: "Signed in with",
    render: (session) => (
      <div>
        {session.method === "local" ? "Password" : session.method}
        <div className="text-sm text-dimmed">
          {session.mfaMethod === null ? "No second factor" : `Second factor: ${nameFactor(session.mfaMethod)}`}
        </div>
      </div>
    ),
  },
  {
    key: "node",
    header: "Node",
    render: (session) =>
      session.nodeId ? (
        <Link className="link" href={`/nodes/${session.nodeId}`}>
          {session.nodeName ?? "Deleted"}
        </Link>
      ) : (
        <span className="text-dimmed">none</span>
      ),
  },
  {
    key: "address",
    header: "Address",
    render: (session) => session.address || <span className="text-dimmed">unknown</span>,
  },
  { key: "createdAt", header: "Signed in", render: (session) => <Instant at={session.createdAt} /> },
  { key: "lastSeenAt", header: "Last used", render: (session) => <Instant at={session.lastSeenAt} show="relative" /> },
  {
    key: "end",
    header: "Ends",
    render: (session) => {
      if (session.status === "active") return <Instant at={session.expiresAt} show="relative" />;
      if (session.status === "expired") return <Badge tone="muted">Expired</Badge>;
      return <Badge tone="muted">{session.revokedReason ?? "Revoked"}</Badge>;
    },
  },
];

/** `provider: mfa` and the portal's own factors in words. */
function nameFactor(method: string): string {
  if (method === "totp") return "authenticator app";
  return method.startsWith("provider: ") ? `at the provider (${method.slice(10)})` : method;
}

const end = (ownSession: string | null): Column<SessionSummary> => ({
  key: "actions",
  header: "Actions",
  align: "end",
  render: (session) =>
    session.status === "active" && (
      <RevokeSession
        id={session.id}
        name={`${session.username}, ${describeUserAgent(session.userAgent)}`}
        isOwn={session.id === ownSession}
      />
    ),
});
