import type { ReactNode } from "react";

/** A page of a sign-in at a provider: what came of it, and how to go on. */
export function SignInMessagePage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="flex min-h-dvh items-center justify-center p-4">
      <div className="card grid w-full max-w-lg gap-4 p-6">
        <h1 className="m-0 text-xl">{title}</h1>
        {children}
      </div>
    </main>
  );
}
