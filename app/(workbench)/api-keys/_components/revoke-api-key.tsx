"use client";
import { notifications } from "@mantine/notifications";
import { useRouter } from "next/navigation";
import { ConfirmButton } from "#app/_ui/confirm-button.tsx";
import { endApiKey } from "../actions.ts";

/** Revokes an API key after asking. */
export function RevokeApiKey({ id, name }: { id: string; name: string }) {
  const router = useRouter();
  return (
    <ConfirmButton
      label="Revoke"
      button={{ size: "compact-sm", "aria-label": `Revoke ${name}` }}
      title={`Revoke the API key ${name}?`}
      confirmLabel="Revoke"
      irreversible
      action={endApiKey}
      input={{ id }}
      onDone={() => {
        notifications.show({ message: `Revoked ${name}.`, color: "green" });
        router.refresh();
      }}
    >
      {name === "Environment"
        ? "It comes back at the next start while SALLYPORT_API_KEY is set. Programs that use it are refused within 2 seconds."
        : "Programs that use it are refused within 2 seconds."}
    </ConfirmButton>
  );
}
