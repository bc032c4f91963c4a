import type { Metadata } from "next";
import { RoleList } from "#app/_shared/accounts/role-list.tsx";
import { SessionTable } from "#app/_shared/accounts/session-table.tsx";
import { Card } from "#app/_ui/card.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { KeyValue } from "#app/_ui/key-value.tsx";
import { Notice } from "#app/_ui/notice.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { listOwnSessions } from "#lib/access/accounts/list-sessions.ts";
import { getOwnAccount } from "#lib/access/accounts/own-account.ts";
import { getPageSession, runPage } from "#lib/web/action.ts";
import { NameForm } from "./_components/name-form.tsx";
import { PasswordForm } from "./_components/password-form.tsx";
import { SecondFactorCard } from "./_components/second-factor.tsx";
import { SignOutOthers } from "./_components/sign-out-others.tsx";

export const metadata: Metadata = { title: "Account" };

export default async function AccountPage() {
  return runPage(async (ctx) => {
    const account = await getOwnAccount(ctx);
    const sessions = await listOwnSessions(ctx);
    const { missingFactor, session } = await getPageSession();
    const isLocal = account.source === "local";
    const facts = [
      { label: "Username", value: account.username },
      { label: "Roles", value: <RoleList roles={account.roles} /> },
      { label: "Password set", value: isLocal ? <Instant at={account.passwordSetAt} /> : `At ${account.source}` },
    ];
    return (
      <>
        <PageHeader title="Account" description="Your name, password, second factor and sessions." />
        <div className="grid max-w-4xl gap-4">
          {account.mustChangePassword && (
            <Notice tone="warn" title="Choose a new password to go on">
              The password that you signed in with was given to you by an admin.
            </Notice>
          )}
          {missingFactor.length > 0 && (
            <Notice tone="warn" title="Your role asks for a second factor">
              {isLocal ? (
                "Set up an authenticator app below; the workbench opens afterwards."
              ) : (
                <>
                  You are signed in with {session.method}, which did not vouch for one.{" "}
                  {session.credentialId && (
                    <a className="link" href={`/api/credentials/${session.credentialId}/authorize?mfa=1&returnTo=/`}>
                      Sign in again with a second factor
                    </a>
                  )}
                </>
              )}
            </Notice>
          )}
          {account.mustChangePassword && <PasswordForm username={account.username} mustChange />}
          <Card title="About you">
            <KeyValue items={facts} />
            <NameForm displayName={account.displayName} />
          </Card>
          {isLocal && !account.mustChangePassword && <PasswordForm username={account.username} mustChange={false} />}
          {isLocal && !account.mustChangePassword && (
            <SecondFactorCard factor={account.secondFactor} demanded={missingFactor.length > 0} />
          )}
          <section aria-labelledby="sessions">
            <div className="mb-2 mt-4 flex flex-wrap items-end justify-between gap-2">
              <h2 id="sessions" className="m-0 text-lg font-semibold">
                Your sessions
              </h2>
              <SignOutOthers count={sessions.length - 1} />
            </div>
            <SessionTable sessions={sessions} ctx={ctx} />
          </section>
        </div>
      </>
    );
  });
}
