"use client";
import { Button, Checkbox, Modal, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { CopyButton } from "./copy-button.tsx";
import { Notice } from "./notice.tsx";

type FrameProps = {
  opened: boolean;
  title: string;
  /** What is shown, such as `API key`. */
  label: string;
  children: ReactNode;
  onClose: () => void;
  size?: "lg";
};

/** Frames what can't be seen again. Closes only by its button, once the user confirms having kept it. */
export function ShownOnce({ opened, title, label, children, onClose, size }: FrameProps) {
  const [kept, setKept] = useState(false);
  const close = () => {
    setKept(false);
    onClose();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={title}
      size={size}
      centered
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      <div className="grid gap-3">
        {children}
        <Checkbox
          label={`I have kept the ${label}`}
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

type Props = {
  /** The secret; null = closed. */
  value: string | null;
  title: string;
  /** What the secret is, such as `API key`. */
  label: string;
  children?: ReactNode;
  onClose: () => void;
};

/** Shows a secret that can't be seen again. */
export function ShownOnceDialog({ value, title, label, children, onClose }: Props) {
  return (
    <ShownOnce opened={value !== null} title={title} label={label} onClose={onClose} size="lg">
      <Notice tone="warn" title={`Copy the ${label} now. It is not shown again.`} />
      {children}
      <TextInput
        label={label.charAt(0).toUpperCase() + label.slice(1)}
        readOnly
        value={value ?? ""}
        classNames={{ input: "font-mono" }}
        onFocus={(event) => event.currentTarget.select()}
        rightSection={<CopyButton value={value ?? ""} label={`Copy the ${label}`} />}
      />
    </ShownOnce>
  );
}
