import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { safeReturnTo } from "#lib/web/return-to.ts";
import { getSignInResult } from "#lib/web/session.ts";
import { SignInMessagePage } from "../_components/sign-in-message.tsx";
import { SignedIn } from "../_components/signed-in.tsx";

export const metadata: Metadata = { title: "Signed in" };

type Query = Promise<{ attempt?: string }>;

/** Where the window of a sign-in ends: it tells the workbench and closes. */
export default async function DonePage({ searchParams }: { searchParams: Query }) {
  const result = await getSignInResult({ attempt: (await searchParams).attempt });
  const { kind, attemptId, profileName, postLogin, returnTo } = result;
  if (kind === "refused" || !attemptId) redirect(`/signin/refused?attempt=${attemptId ?? ""}`);
  return (
    <SignInMessagePage title="You are signed in">
      <p className="m-0">
        With {profileName}.{" "}
        {postLogin === "close"
          ? "This window closes by itself."
          : "You can close this window and go on in the workbench."}
      </p>
      <SignedIn attemptId={attemptId} returnTo={safeReturnTo(returnTo)} closes={postLogin === "close"} />
    </SignInMessagePage>
  );
}
