import type { Metadata } from "next";
import { CopiedValue } from "#app/_ui/copied-value.tsx";
import { authorizePath } from "#app/_ui/external-sign-in.ts";
import { LinkButton } from "#app/_ui/link-button.tsx";
import { Notice } from "#app/_ui/notice.tsx";
import { isAllowed } from "#lib/access/permissions/permissions.ts";
import { readEntraCode } from "#lib/oauth/explanations/entra-codes.ts";
import { linkEntraCode } from "#lib/oauth/explanations/entra-pages.ts";
import type { SignInResult } from "#lib/oauth/sign-in/sign-in-result.ts";
import { safeReturnTo } from "#lib/web/return-to.ts";
import { getSignedIn, getSignInResult } from "#lib/web/session.ts";
import { SignInMessagePage } from "../_components/sign-in-message.tsx";
import { SignInRefused } from "../_components/sign-in-refused.tsx";

export const metadata: Metadata = { title: "Sign-in refused" };

type Query = Promise<{ attempt?: string; code?: string }>;

/** Why a sign-in at a provider did not work and what to do. Only admins read what is wrong with the credential. */
export default async function RefusedPage({ searchParams }: { searchParams: Query }) {
  const { attempt, code } = await searchParams;
  const [result, signedIn] = await Promise.all([getSignInResult({ attempt, code }), getSignedIn()]);
  const { refusal, profileName, credentialId } = result;
  const isAdmin = signedIn !== null && isAllowed(signedIn.ctx.grants, "credentials.write", null);
  return (
    <SignInMessagePage title={refusal?.title ?? "The sign-in did not work"}>
      <Notice tone="bad">
        <p className="m-0">{refusal?.message}</p>
        {refusal?.hint && <p className="m-0 mt-2">{refusal.hint}</p>}
      </Notice>
      {refusal?.reference && (
        <p className="m-0 text-sm text-dimmed">
          If you ask your administrator, give them this reference:{" "}
          <CopiedValue value={refusal.reference} label="Copy the reference" isCode />
        </p>
      )}
      {isAdmin && <AdminDetails result={result} />}
      {profileName && <p className="m-0 text-sm text-dimmed">Profile: {profileName}</p>}
      <div className="flex flex-wrap gap-2">
        <WaysOn result={result} />
      </div>
      {refusal && (
        <SignInRefused
          credentialId={credentialId}
          title={refusal.title}
          text={[refusal.message, refusal.hint].filter(Boolean).join(" ")}
          reference={refusal.reference}
        />
      )}
    </SignInMessagePage>
  );
}

/** What the event log says, for readers who could also open it. */
function AdminDetails({ result: { refusal, credentialId } }: { result: SignInResult }) {
  if (!refusal?.admin || !credentialId) return null;
  const entraCode = readEntraCode(refusal.code);
  const { admin, field, reference } = refusal;
  return (
    <Notice tone="info" title="For admins">
      <p className="m-0">{admin.message}</p>
      {admin.hint && <p className="m-0 mt-2">{admin.hint}</p>}
      <p className="m-0 mt-2 flex flex-wrap gap-x-4 gap-y-1">
        <a className="link" href={`/credentials/${credentialId}/edit${field ? `#${field}` : ""}`}>
          Edit the credential
        </a>
        {reference && (
          <a className="link" href={`/events?q=${reference}`}>
            Show the event
          </a>
        )}
        {entraCode && (
          <a className="link" href={linkEntraCode(entraCode)} target="_blank" rel="noreferrer">
            AADSTS{entraCode} at Microsoft
          </a>
        )}
      </p>
    </Notice>
  );
}

function WaysOn({ result }: { result: SignInResult }) {
  const { credentialId, purpose, nodeId, mode, refusal } = result;
  const returnTo = safeReturnTo(result.returnTo);
  if (!credentialId) return <LinkButton href="/signin">Back to the sign-in page</LinkButton>;
  const again = (extra: string) =>
    `${authorizePath(credentialId, { nodeId, mode, returnTo, switchAccount: true })}${extra}`;
  const test = purpose === "mapping_test" ? "&test=1" : "";
  return (
    <>
      {refusal?.stepUp && (
        <LinkButton href={`${authorizePath(credentialId, { nodeId, mode, returnTo })}&mfa=1`} isRoute>
          Sign in with a second factor
        </LinkButton>
      )}
      <LinkButton href={again(test)} variant={refusal?.stepUp ? "default" : "filled"} isRoute>
        Try again with another account
      </LinkButton>
      <LinkButton href={returnTo} variant="default" isRoute>
        Back
      </LinkButton>
    </>
  );
}
