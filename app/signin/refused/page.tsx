import type { Metadata } from "next";
import { getSignInResult } from "#lib/web/session.ts";

export const metadata: Metadata = { title: "Sign-in refused" };

type Query = Promise<{ attempt?: string; code?: string }>;

/** Why a sign-in at a provider did not work, in words. */
export default async function RefusedPage({ searchParams }: { searchParams: Query }) {
  const { attempt, code } = await searchParams;
  const { refusal } = await getSignInResult({ attempt, code });
  return (
    <main className="p-8">
      <h1>{refusal?.title ?? "The sign-in did not work"}</h1>
      <p>{refusal?.message}</p>
      <p>{refusal?.hint}</p>
      <a href="/signin">Back to sign-in</a>
    </main>
  );
}
