"use client";
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { RefreshCwIcon, UploadIcon } from "lucide-react";
import { useRouter } from "next/navigation";
import { useRef, useState, useTransition } from "react";
import type { ShownError } from "#app/_ui/action-error.tsx";
import { callAction } from "#app/_ui/call-action.ts";
import { ConfirmDialog } from "#app/_ui/confirm-dialog.tsx";
import type { WsdlReload } from "#lib/delivery/wsdls/model.ts";
import { readFiles, wsdlFileTypes } from "../../_components/read-files.ts";
import type { UploadedFile } from "../../_components/soap-values.ts";
import { reloadTransportWsdl } from "../../actions.ts";
import { WsdlChanges } from "./wsdl-changes.tsx";

type Props = { id: string; name: string; isUpload: boolean };
type Seen = { reload: WsdlReload; documents: UploadedFile[] | undefined };

/** Reads the WSDL again, shows what changed and what that breaks, and stores it once that was agreed to. */
export function ReloadWsdl({ id, name, isUpload }: Props) {
  const router = useRouter();
  const [seen, setSeen] = useState<Seen | null>(null);
  const [error, setError] = useState<ShownError | null>(null);
  const [isPending, startTransition] = useTransition();
  const picker = useRef<HTMLInputElement>(null);

  const look = (documents?: UploadedFile[]) =>
    startTransition(async () => {
      setError(null);
      const answer = await callAction(reloadTransportWsdl, { id, apply: false, documents });
      if (!answer.ok) {
        // A transport remembers why its WSDL could not be read; the page shows it.
        router.refresh();
        return setError(answer.error);
      }
      if (answer.value.changed) return setSeen({ reload: answer.value, documents });
      notifications.show({ message: `The WSDL of “${name}” has not changed.`, color: "green" });
    });

  const store = () =>
    startTransition(async () => {
      if (!seen) return;
      setError(null);
      const { reload, documents } = seen;
      const answer = await callAction(reloadTransportWsdl, { id, apply: true, expectedHash: reload.hash, documents });
      if (!answer.ok) return setError(answer.error);
      if (!answer.value.applied) return setSeen({ reload: answer.value, documents });
      setSeen(null);
      notifications.show({ message: `“${name}” uses the new WSDL.`, color: "green" });
      router.refresh();
    });

  const close = () => {
    setSeen(null);
    setError(null);
  };
  const breaks = seen?.reload.brokenTriggers.length ?? 0;
  return (
    <>
      <Button
        variant="default"
        size="xs"
        leftSection={isUpload ? <UploadIcon size={14} aria-hidden /> : <RefreshCwIcon size={14} aria-hidden />}
        loading={isPending && seen === null}
        loaderProps={{ "aria-hidden": true }}
        onClick={() => (isUpload ? picker.current?.click() : look())}
      >
        {isUpload ? "Upload another" : "Reload"}
      </Button>
      <input
        ref={picker}
        type="file"
        multiple
        accept={wsdlFileTypes}
        className="hidden"
        aria-label="Files of the new WSDL"
        onChange={async (event) => {
          const input = event.currentTarget;
          const documents = await readFiles(input.files ?? []);
          input.value = "";
          if (documents.length > 0) look(documents);
        }}
      />
      <ConfirmDialog
        opened={seen !== null || error !== null}
        title={seen ? `Use the changed WSDL for “${name}”?` : "The WSDL could not be read"}
        confirmLabel={seen ? "Use the new WSDL" : "Try again"}
        cancelLabel={seen ? "Keep the old one" : "Close"}
        pending={isPending}
        error={error}
        blocked={seen === null && isUpload}
        onConfirm={seen ? store : () => look()}
        onClose={close}
      >
        {seen && <WsdlChanges reload={seen.reload} />}
        {breaks > 0 && (
          <p className="m-0 mt-3 text-sm">
            You can still use it: {breaks === 1 ? "this trigger fails" : "these triggers fail"} until{" "}
            {breaks === 1 ? "it is" : "they are"} edited.
          </p>
        )}
      </ConfirmDialog>
    </>
  );
}
