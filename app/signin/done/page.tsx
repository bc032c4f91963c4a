import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { safeReturnTo } from "#lib/web/return-to.ts";
import { getSignInResult } from "#lib/web/session.ts";

export const metadata: Metadata = { title: "Signed in" };

type Query = Promise<{ attempt?: string }>;

/** Where a popup ends: its work is done. */
export default async function DonePage({ searchParams }: { searchParams: Query }) {
  const result = await getSignInResult({ attempt: (await searchParams).attempt });
  if (result.kind === "refused") redirect(`/signin/refused?attempt=${result.attemptId ?? ""}`);
  return (
    <main className="p-8">
      <h1>Signed in</h1>
      <p>You can close this window.</p>
      <a href={safeReturnTo(result.returnTo)}>Go on in this window</a>
    </main>
  );
}
