"use client";
import { Textarea } from "@mantine/core";
import { useFormContext } from "react-hook-form";
import type { Members } from "#lib/delivery/soap/values.ts";
import { isMembers } from "#lib/delivery/soap/values.ts";
import type { FormValues } from "./form-values.ts";

type Props = { rows?: { min: number; max: number }; onArguments?: (value: Members) => void };

/** The arguments as JSON, which may be typed or pasted; the fields follow as soon as it can be read. */
export function ArgumentsJson({ rows = { min: 8, max: 40 }, onArguments }: Props) {
  const { watch, setValue, formState } = useFormContext<FormValues>();
  const [value, typed] = watch(["request.arguments", "request.argumentsText"]);
  const change = (text: string) => {
    const read = readMembers(text);
    const options = { shouldDirty: true, shouldValidate: formState.isSubmitted };
    setValue("request.argumentsText", text, options);
    if (!read) return;
    setValue("request.arguments", read, options);
    onArguments?.(read);
  };
  // What was typed stays as it was typed, as long as it says the same as the fields.
  const isCurrent = typed !== null && sameOrBroken(typed, value);
  const error = typed !== null && readMembers(typed) === null ? explain(typed) : undefined;
  return (
    <Textarea
      aria-label="Arguments as JSON"
      autosize
      minRows={rows.min}
      maxRows={rows.max}
      classNames={{ input: "font-mono text-sm" }}
      spellCheck={false}
      value={isCurrent ? typed : JSON.stringify(value, null, 2)}
      error={error}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}

/** The JSON object that a text is, null when it is none. */
export function readMembers(text: string): Members | null {
  try {
    const read: unknown = JSON.parse(text);
    return isMembers(read) ? read : null;
  } catch {
    return null;
  }
}

function sameOrBroken(typed: string, value: Members): boolean {
  const read = readMembers(typed);
  return read === null || JSON.stringify(read) === JSON.stringify(value);
}

/** Why a text can't be taken for arguments. */
export function explain(text: string): string {
  try {
    JSON.parse(text);
    return 'Enter a JSON object, such as {"item": "{{variables.item}}"}.';
  } catch (err) {
    return `This is not valid JSON: ${(err as Error).message}.`;
  }
}
