"use client";
import { Button, Checkbox, Modal, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { CopyButton } from "./copy-button.tsx";
import { Notice } from "./notice.tsx";

type Props = {
  /** The secret; null = closed. */
  value: string | null;
  title: string;
  /** What the secret is, such as `API key`. */
  label: string;
  children?: ReactNode;
  onClose: () => void;
};

/** Shows a secret that can't be seen again. Closes only by its button, once the person says that it is kept. */
export function ShownOnceDialog({ value, title, label, children, onClose }: Props) {
  const [kept, setKept] = useState(false);
  const close = () => {
    setKept(false);
    onClose();
  };
  return (
    <Modal
      opened={value !== null}
      onClose={close}
      title={title}
      size="lg"
      centered
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      <div className="grid gap-3">
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
