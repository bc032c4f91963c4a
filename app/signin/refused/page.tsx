import type { Metadata } from "next";
import { authorizePath } from "#app/_ui/external-sign-in.ts";
import { LinkButton } from "#app/_ui/link-button.tsx";
import { Notice } from "#app/_ui/notice.tsx";
import { readEntraCode } from "#lib/oauth/explanations/entra-codes.ts";
import { linkEntraCode } from "#lib/oauth/explanations/entra-pages.ts";
import type { SignInResult } from "#lib/oauth/sign-in/sign-in-result.ts";
import { safeReturnTo } from "#lib/web/return-to.ts";
import { getSignInResult } from "#lib/web/session.ts";
import { SignInMessagePage } from "../_components/sign-in-message.tsx";

export const metadata: Metadata = { title: "Sign-in refused" };

type Query = Promise<{ attempt?: string; code?: string }>;

/** Why a sign-in at a provider did not work, in words, and what to do about it. */
export default async function RefusedPage({ searchParams }: { searchParams: Query }) {
  const { attempt, code } = await searchParams;
  const result = await getSignInResult({ attempt, code });
  const { refusal, profileName } = result;
  const entraCode = readEntraCode(refusal?.code);
  return (
    <SignInMessagePage title={refusal?.title ?? "The sign-in did not work"}>
      <Notice tone="bad">
        <p className="m-0">{refusal?.message}</p>
        {refusal?.hint && <p className="m-0 mt-2">{refusal.hint}</p>}
        {entraCode && (
          <p className="m-0 mt-2 text-sm">
            <a className="link" href={linkEntraCode(entraCode)} target="_blank" rel="noreferrer">
              AADSTS{entraCode} at Microsoft
            </a>
          </p>
        )}
      </Notice>
      {profileName && (
        <p className="m-0 text-sm text-dimmed">
          Profile: {profileName}. An admin finds what the provider said in the event log of this credential.
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <WaysOn result={result} />
      </div>
    </SignInMessagePage>
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
