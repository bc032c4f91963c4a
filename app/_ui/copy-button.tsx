"use client";
import { ActionIcon, Button } from "@mantine/core";
import { CheckIcon, CopyIcon } from "lucide-react";
import { useState } from "react";

type Props = { value: string; label?: string };

/** Copies a text; works over plain http too, where browsers have no Clipboard API. */
export function CopyButton({ value, label = "Copy" }: Props) {
  const [copied, setCopied] = useState(false);
  const copy = async (button: HTMLElement) => {
    const done = await copyText(value, button);
    setCopied(done);
    if (done) setTimeout(() => setCopied(false), 2000);
  };
  return (
    <>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="sm"
        aria-label={label}
        title={label}
        onClick={(event) => copy(event.currentTarget)}
      >
        {copied ? <CheckIcon size={16} aria-hidden /> : <CopyIcon size={16} aria-hidden />}
      </ActionIcon>
      <span role="status" className="sr-only">
        {copied ? "Copied" : ""}
      </span>
    </>
  );
}

/** The same as a button with words, for a text that is too long to stand beside it. */
export function CopyTextButton({ value, label }: { value: string; label: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async (button: HTMLElement) => {
    const done = await copyText(value, button);
    setCopied(done);
    if (done) setTimeout(() => setCopied(false), 2000);
  };
  return (
    <span className="inline-flex items-center">
      <Button
        variant="default"
        size="xs"
        leftSection={copied ? <CheckIcon size={16} aria-hidden /> : <CopyIcon size={16} aria-hidden />}
        onClick={(event) => copy(event.currentTarget)}
      >
        {label}
      </Button>
      <span role="status" className="sr-only">
        {copied ? "Copied" : ""}
      </span>
    </span>
  );
}

/** Copies a text. @param near an element that gets the focus back. */
export async function copyText(text: string, near: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Inside the dialog or popover that has the focus, else its focus trap would take the selection away.
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "sr-only";
    near.after(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    near.focus();
    return done;
  }
}
