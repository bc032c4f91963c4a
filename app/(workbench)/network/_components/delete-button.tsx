"use client";
import { notifications } from "@mantine/notifications";
import { useRouter } from "next/navigation";
import { ConfirmButton } from "#app/_ui/confirm-button.tsx";
import { removeAuthority, removeProxy } from "../actions.ts";

const kinds = {
  proxy: { noun: "proxy", action: removeProxy },
  authority: { noun: "certificate authority", action: removeAuthority },
};

type Props = { kind: keyof typeof kinds; id: string; name: string };

/** Deletes a proxy or certificate authority after confirmation. */
export function DeleteButton({ kind, id, name }: Props) {
  const router = useRouter();
  const { noun, action } = kinds[kind];
  return (
    <ConfirmButton
      label="Delete"
      title={`Delete the ${noun} ${name}?`}
      confirmLabel="Delete"
      irreversible
      action={action}
      input={{ id }}
      onDone={() => {
        notifications.show({ message: `Deleted ${name}.`, color: "green" });
        router.push("/network");
      }}
    >
      It can be deleted only if no transport or credential uses it.
    </ConfirmButton>
  );
}
