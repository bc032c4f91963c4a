"use client";
import { ActionIcon } from "@mantine/core";
import { BracesIcon } from "lucide-react";

type Props = {
  /** What the variable would stand for: `lines 1`, `the list lines`. */
  of: string;
  isOn: boolean;
  onToggle: () => void;
};

/** Makes room for a template where a value is picked, or where a whole list or all members stand. */
export function VariableButton({ of, isOn, onToggle }: Props) {
  const label = `Use a variable for ${of}`;
  return (
    <ActionIcon
      size={24}
      variant={isOn ? "light" : "subtle"}
      color={isOn ? undefined : "gray"}
      aria-label={label}
      title={label}
      aria-pressed={isOn}
      onClick={onToggle}
    >
      <BracesIcon size={14} aria-hidden />
    </ActionIcon>
  );
}
