"use client";
import { Button } from "@mantine/core";
import Link from "next/link";
import type { ReactNode } from "react";

type Props = {
  pending: boolean;
  saveLabel?: string;
  /** Shown on the button while `pending`. */
  pendingLabel?: string;
  cancelHref?: string;
  onCancel?: () => void;
  /** Whether it stays in view at the bottom of a long form. */
  isSticky?: boolean;
  /** Further buttons, at the left. */
  children?: ReactNode;
};

/** Foot of a form: Save submits it, Cancel leaves it. A second press while saving does nothing. */
export function FormActions({
  pending,
  saveLabel = "Save",
  pendingLabel = "Saving…",
  cancelHref,
  onCancel,
  isSticky = false,
  children,
}: Props) {
  return (
    <div
      className={`flex flex-wrap items-center justify-end gap-2 ${
        isSticky ? "form-actions-sticky" : "mt-6 border-0 border-t border-solid border-line pt-4"
      }`}
    >
      <div className="mr-auto flex flex-wrap gap-2">{children}</div>
      {cancelHref && (
        <Button component={Link} href={cancelHref} variant="default">
          Cancel
        </Button>
      )}
      {onCancel && (
        <Button variant="default" onClick={onCancel} disabled={pending}>
          Cancel
        </Button>
      )}
      <Button
        type="submit"
        aria-disabled={pending}
        loading={pending}
        loaderProps={{ "aria-hidden": true }}
        onClick={(event) => pending && event.preventDefault()}
      >
        {saveLabel}
      </Button>
      <span role="status" className="sr-only">
        {pending ? pendingLabel : ""}
      </span>
    </div>
  );
}
