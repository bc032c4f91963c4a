"use client";
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { FlaskConicalIcon, PauseIcon, PencilIcon, PlayIcon, Trash2Icon } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { LinkButton } from "#app/_ui/link-button.tsx";
import type { CredentialDetail } from "#lib/oauth/credentials/model.ts";
import { DeleteDialog } from "../../_components/delete-dialog.tsx";
import { DisableDialog } from "../../_components/disable-dialog.tsx";
import { enableCredential } from "../../actions.ts";

/** Edit, Disable or Enable, Delete; for a User credential the mapping sandbox. */
export function CredentialActions({ credential }: { credential: CredentialDetail }) {
  const router = useRouter();
  const [open, setOpen] = useState<"delete" | "disable" | null>(null);
  const [isPending, startTransition] = useTransition();
  const { id, enabled } = credential;

  const enable = () =>
    startTransition(async () => {
      const answer = await enableCredential({ id, enabled: true });
      if (!answer.ok) notifications.show({ message: answer.error.message, color: "red" });
      // Enabled again, it is checked at once.
      else router.replace(`/credentials/${id}?check=1`, { scroll: false });
    });

  return (
    <>
      <Button variant="default" leftSection={<Trash2Icon size={16} aria-hidden />} onClick={() => setOpen("delete")}>
        Delete
      </Button>
      <Button
        variant="default"
        leftSection={enabled ? <PauseIcon size={16} aria-hidden /> : <PlayIcon size={16} aria-hidden />}
        loading={isPending}
        onClick={() => (enabled ? setOpen("disable") : enable())}
      >
        {enabled ? "Disable" : "Enable"}
      </Button>
      {credential.type === "user" && (
        <LinkButton
          href={`/credentials/${id}/mapping`}
          variant="default"
          leftSection={<FlaskConicalIcon size={16} aria-hidden />}
        >
          Mapping sandbox
        </LinkButton>
      )}
      <Button leftSection={<PencilIcon size={16} aria-hidden />} onClick={() => router.push(`/credentials/${id}/edit`)}>
        Edit
      </Button>
      <DisableDialog
        credential={credential}
        opened={open === "disable"}
        onClose={() => setOpen(null)}
        onChanged={() => router.refresh()}
      />
      <DeleteDialog
        credential={credential}
        opened={open === "delete"}
        onClose={() => setOpen(null)}
        onDeleted={() => router.push("/credentials")}
      />
    </>
  );
}
