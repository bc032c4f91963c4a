"use client";
import { useRouter } from "next/navigation";
import { ConfirmButton } from "#app/_ui/confirm-button.tsx";
import { endOneSession } from "./actions.ts";

/** Ends one session after asking. */
export function RevokeSession({ id, name, isOwn }: { id: string; name: string; isOwn: boolean }) {
  const router = useRouter();
  return (
    <ConfirmButton
      label="End"
      button={{ size: "compact-sm", "aria-label": `End the session of ${name}` }}
      title={`End the session of ${name}?`}
      confirmLabel="End session"
      action={endOneSession}
      input={{ id }}
      onDone={() => router.refresh()}
    >
      {isOwn
        ? "This is the session that you use now: you will be signed out."
        : "Whoever uses it is signed out with the next click. Signing in again stays possible."}
    </ConfirmButton>
  );
}
