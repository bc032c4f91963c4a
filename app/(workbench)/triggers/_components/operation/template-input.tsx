"use client";
import { TextInput } from "@mantine/core";

type Props = { id: string; value: string; onChange: (text: string) => void };

/** A template in the place of a whole list or of all members. */
export function TemplateInput({ id, value, onChange }: Props) {
  return (
    <TextInput
      id={id}
      value={value}
      description="Such as {{variables.lines}}: the run gets it as JSON."
      inputWrapperOrder={["input", "description", "error"]}
      classNames={{ input: "font-mono" }}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
