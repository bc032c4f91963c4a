import type { Metadata } from "next";
import { SessionTable } from "#app/_shared/accounts/session-table.tsx";
import { Card } from "#app/_ui/card.tsx";
import { EnabledBadge } from "#app/_ui/enabled-badge.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { KeyValue } from "#app/_ui/key-value.tsx";
import { LinkButton } from "#app/_ui/link-button.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import type { UserDetail } from "#lib/access/accounts/definition.ts";
import { listSessions } from "#lib/access/accounts/list-sessions.ts";
import { getUser } from "#lib/access/accounts/list-users.ts";
import { nameIssuers } from "#lib/oauth/credential-lists/name-issuers.ts";
import { runPage } from "#lib/web/action.ts";
import { EditUserForm } from "../_components/edit-user-form.tsx";
import { listIssuers, ProviderName } from "../_components/provider-name.tsx";
import { UserActions } from "../_components/user-actions.tsx";

export const metadata: Metadata = { title: "User" };

export default async function UserPage({ params }: { params: Promise<{ id: string }> }) {
  return runPage(async (ctx) => {
    const { id } = await params;
    const [user, { items: sessions }] = await Promise.all([
      getUser(ctx, id),
      listSessions(ctx, { userId: id, limit: 20 }),
    ]);
    const providers = await nameIssuers(ctx, listIssuers([user]));
    const isSelf = ctx.actor.kind === "user" && ctx.actor.id === id;
    return (
      <>
        <PageHeader
          title={user.username}
          description={user.displayName || undefined}
          badge={<EnabledBadge enabled={!user.disabled} />}
          breadcrumbs={[{ label: "Users", href: "/users" }]}
          actions={
            <LinkButton variant="default" href={`/audit?targetKind=user&targetId=${id}`}>
              Audit log
            </LinkButton>
          }
        />
        <div className="grid max-w-5xl gap-4">
          <Card title="Account">
            <KeyValue items={facts(user, providers.get(user.source) ?? null)} />
            <UserActions user={user} isSelf={isSelf} />
          </Card>
          <EditUserForm key={user.version} user={user} />
          <section aria-labelledby="sessions">
            <h2 id="sessions" className="mb-2 mt-4 text-lg font-semibold">
              Active sessions
            </h2>
            <SessionTable sessions={sessions} ctx={ctx} />
          </section>
        </div>
      </>
    );
  });
}

function secondFactorFact({ secondFactor }: UserDetail) {
  if (!secondFactor) return { label: "Second factor", value: "None" };
  const left = secondFactor.recoveryCodesLeft;
  return {
    label: "Second factor",
    value: "Authenticator app",
    hint: left === 1 ? "1 recovery code left." : `${left} recovery codes left.`,
  };
}

function passwordFact({ passwordSetAt, mustChangePassword }: UserDetail) {
  return {
    label: "Password set",
    value: <Instant at={passwordSetAt} />,
    hint: mustChangePassword ? "Must be changed at the next sign-in." : undefined,
  };
}

function facts(user: UserDetail, providerName: string | null) {
  return [
    {
      label: "Provider",
      value: <ProviderName source={user.source} name={providerName} />,
      hint: providerName === null ? undefined : user.source,
    },
    ...(user.source === "local" ? [passwordFact(user), secondFactorFact(user)] : []),
    { label: "Last sign-in", value: <Instant at={user.lastSignInAt} /> },
    { label: "Added", value: <Instant at={user.createdAt} /> },
  ];
}
