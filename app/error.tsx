"use client";
import { ErrorPage } from "#app/_ui/error-page.tsx";

/** An error outside the shell, or of the shell itself. */
export default function OutsideError(props: { error: unknown; retry: () => void }) {
  return (
    <main className="mx-auto max-w-2xl p-6">
      <ErrorPage {...props} />
    </main>
  );
}
