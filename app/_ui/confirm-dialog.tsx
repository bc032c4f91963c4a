"use client";
import { Button, Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { ActionErrorAlert, type ShownError } from "./action-error.tsx";

type Props = {
  opened: boolean;
  /** As a question: `Delete the credential “Orders API”?` */
  title: string;
  /** What it touches. */
  children?: ReactNode;
  confirmLabel: string;
  /** Adds "This action cannot be undone" and the red button. */
  irreversible?: boolean;
  pending?: boolean;
  /** Why it was refused; the dialog stays open. */
  error?: ShownError | null;
  /** The button is off, for instance while something still uses the thing. */
  blocked?: boolean;
  cancelLabel?: string;
  onConfirm: () => void;
  onClose: () => void;
};

/** Asks before something is done. The focus starts at Cancel, so that Enter alone destroys nothing. */
export function ConfirmDialog({ opened, title, children, irreversible = false, pending = false, ...rest }: Props) {
  const close = () => !pending && rest.onClose();
  return (
    <Modal opened={opened} onClose={close} title={title} closeButtonProps={{ "aria-label": "Close" }} centered>
      <div className="grid gap-3">
        {children && <div>{children}</div>}
        {irreversible && <p className="m-0 font-semibold">This action cannot be undone.</p>}
        <ActionErrorAlert error={rest.error ?? null} />
        <div className="mt-2 flex flex-wrap justify-end gap-2">
          <Button variant="default" onClick={close} disabled={pending} data-autofocus>
            {rest.cancelLabel ?? "Cancel"}
          </Button>
          <Button
            color={irreversible ? "danger" : undefined}
            onClick={rest.onConfirm}
            loading={pending}
            disabled={rest.blocked}
          >
            {rest.confirmLabel}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
