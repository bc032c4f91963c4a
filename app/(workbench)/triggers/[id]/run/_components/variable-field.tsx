"use client";
import { Checkbox, Textarea } from "@mantine/core";
import type { TypedVariable } from "./read-variables.ts";

type Props = { name: string; value: TypedVariable; error?: string; onChange: (value: TypedVariable) => void };

/** One variable of a run: text over one or more lines, or a JSON value. */
export function VariableField({ name, value, error, onChange }: Props) {
  return (
    <div>
      <Textarea
        name={`variables.${name}`}
        label={name}
        autosize
        minRows={1}
        maxRows={12}
        autoComplete="off"
        value={value.text}
        error={error}
        classNames={value.isJson ? { input: "font-mono" } : undefined}
        onChange={(event) => onChange({ ...value, text: event.currentTarget.value })}
      />
      <Checkbox
        className="mt-1"
        size="xs"
        label="Parse as JSON"
        aria-label={`Parse as JSON: ${name}`}
        checked={value.isJson}
        onChange={(event) => onChange({ ...value, isJson: event.currentTarget.checked })}
      />
    </div>
  );
}
