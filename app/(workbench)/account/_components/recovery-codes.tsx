"use client";
import { Button, Checkbox, Modal } from "@mantine/core";
import { useState } from "react";
import { CopyButton } from "#app/_ui/copy-button.tsx";
import { Notice } from "#app/_ui/notice.tsx";

/** Shows recovery codes, which can't be seen again. Closes only by its button, once the person says that they are kept. */
export function RecoveryCodesDialog({ codes, onClose }: { codes: string[] | null; onClose: () => void }) {
  const [kept, setKept] = useState(false);
  const close = () => {
    setKept(false);
    onClose();
  };
  return (
    <Modal
      opened={codes !== null}
      onClose={close}
      title="Your recovery codes"
      centered
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      <div className="grid gap-3">
        <Notice tone="warn" title="Keep these codes now. They are not shown again.">
          Each lets you in once when your phone is lost. Print them, or put them into a password manager that is not on
          the same phone.
        </Notice>
        <ol aria-label="Recovery codes" className="m-0 grid gap-1 pl-8 font-mono sm:grid-cols-2">
          {codes?.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ol>
        <div className="flex items-center gap-2 text-sm text-dimmed">
          <CopyButton value={codes?.join("\n") ?? ""} label="Copy the recovery codes" />
          Copy all
        </div>
        <Checkbox
          label="I have kept the recovery codes"
          checked={kept}
          onChange={(event) => setKept(event.currentTarget.checked)}
        />
        <div className="flex justify-end">
          <Button onClick={close} disabled={!kept}>
            Done
          </Button>
        </div>
      </div>
    </Modal>
  );
}
