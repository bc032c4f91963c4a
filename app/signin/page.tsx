import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { listProfiles } from "#lib/oauth/sign-in/list-profiles.ts";
import { getEnv } from "#lib/platform/env/env.ts";
import { safeReturnTo } from "#lib/web/return-to.ts";
import { getSignedIn } from "#lib/web/session.ts";
import { ProfileLinks } from "./_components/profile-links.tsx";
import { SignInForm } from "./_components/sign-in-form.tsx";
import { SignInMessagePage } from "./_components/sign-in-message.tsx";

export const metadata: Metadata = { title: "Sign in" };

type Query = Promise<{ returnTo?: string | string[] }>;

export default async function SignInPage({ searchParams }: { searchParams: Query }) {
  const returnTo = safeReturnTo((await searchParams).returnTo);
  if (await getSignedIn()) redirect(returnTo);
  const profiles = await listProfiles();
  if (getEnv().SALLYPORT_LOCAL_SIGN_IN === "off") {
    return (
      <SignInMessagePage title="Sign in to Sallyport">
        {profiles.length === 0 && <p className="m-0">No credential profile is set up to sign in with.</p>}
        <ProfileLinks profiles={profiles} returnTo={returnTo} />
      </SignInMessagePage>
    );
  }
  return (
    <SignInForm returnTo={returnTo}>
      <ProfileLinks profiles={profiles} returnTo={returnTo} />
    </SignInForm>
  );
}
