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
        ? "This is your current session. You'll be signed out."
        : "The user is signed out with their next click. They can sign in again."}
    </ConfirmButton>
  );
}
