"use client";
import { Button } from "@mantine/core";
import { IconFlask, IconPencil, IconPlayerPause, IconPlayerPlay, IconTrash } from "@tabler/icons-react";
import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import type { ShownError } from "#app/_ui/action-error.tsx";
import { ConfirmDialog } from "#app/_ui/confirm-dialog.tsx";
import { LinkButton } from "#app/_ui/link-button.tsx";
import type { CredentialDetail } from "#lib/credentials/model.ts";
import { DeleteDialog } from "../../_components/delete-dialog.tsx";
import { enableCredential } from "../../actions.ts";

/** Edit, Disable or Enable, Delete; for a User credential the mapping sandbox. */
export function CredentialActions({ credential }: { credential: CredentialDetail }) {
  const router = useRouter();
  const [open, setOpen] = useState<"delete" | "enabled" | null>(null);
  const [error, setError] = useState<ShownError | null>(null);
  const [isPending, startTransition] = useTransition();
  const { id, name, enabled, usedBy } = credential;

  const toggle = () =>
    startTransition(async () => {
      setError(null);
      const answer = await enableCredential({ id, enabled: !enabled });
      if (!answer.ok) return setError(answer.error);
      setOpen(null);
      // Enabled again, it is checked at once.
      if (enabled) router.refresh();
      else router.replace(`/credentials/${id}?check=1`, { scroll: false });
    });
  const runs = usedBy.length === 1 ? "1 transport uses it" : `${usedBy.length} transports use it`;

  return (
    <>
      <Button variant="default" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => setOpen("delete")}>
        Delete
      </Button>
      <Button
        variant="default"
        leftSection={enabled ? <IconPlayerPause size={16} aria-hidden /> : <IconPlayerPlay size={16} aria-hidden />}
        loading={isPending && !enabled}
        onClick={() => (enabled ? setOpen("enabled") : toggle())}
      >
        {enabled ? "Disable" : "Enable"}
      </Button>
      {credential.type === "user" && (
        <LinkButton
          href={`/credentials/${id}/mapping`}
          variant="default"
          leftSection={<IconFlask size={16} aria-hidden />}
        >
          Mapping sandbox
        </LinkButton>
      )}
      <Button leftSection={<IconPencil size={16} aria-hidden />} onClick={() => router.push(`/credentials/${id}/edit`)}>
        Edit
      </Button>
      <ConfirmDialog
        opened={open === "enabled"}
        title={`Disable the credential “${name}”?`}
        confirmLabel="Disable"
        pending={isPending}
        error={error}
        onConfirm={toggle}
        onClose={() => setOpen(null)}
      >
        {usedBy.length === 0 ? "No transport uses it." : `Runs that need it fail from now on: ${runs}.`} Its tokens are
        dropped. You can enable it again.
      </ConfirmDialog>
      <DeleteDialog
        credential={credential}
        opened={open === "delete"}
        onClose={() => setOpen(null)}
        onDeleted={() => router.push("/credentials")}
      />
    </>
  );
}
