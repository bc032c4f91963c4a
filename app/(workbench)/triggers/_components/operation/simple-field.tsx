"use client";
import { NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useId, useState } from "react";
import { exampleOf } from "#lib/delivery/soap/lexical.ts";
import type { SimpleType } from "#lib/delivery/soap/model.ts";
import { isTemplate, type Path } from "./argument-values.ts";
import { useOperationForm } from "./context.ts";
import { describeSimple, entryOf } from "./describe-type.ts";
import { FieldHead, type HeadProps } from "./field-head.tsx";
import { VariableButton } from "./variable-button.tsx";

type Props = {
  path: Path;
  name: string;
  type: SimpleType;
  value: unknown;
  fixed?: string;
  documentation?: string;
  head?: Omit<HeadProps, "id" | "name" | "hint" | "children">;
};

/** One simple value: a text, a number, a day, one of a list; or a template in its place. */
export function SimpleField({ path, name, type, value, fixed, documentation, head }: Props) {
  const { types, update, problemAt } = useOperationForm();
  const [wantsTemplate, setWantsTemplate] = useState(false);
  const id = useId();
  const entry = entryOf(type);
  const text = toText(value);
  const needsSwitch = entry.kind === "choice" || entry.kind === "date";
  const isFree = wantsTemplate || isTemplate(value) || (entry.kind === "date" && text !== "" && !isPlainDay(text));
  const error = value === null ? undefined : problemAt(path, value);
  const shared = {
    id,
    value: text,
    error,
    disabled: value === null,
    readOnly: fixed !== undefined,
    "aria-describedby": documentation ? `${id}-about` : undefined,
  };
  const set = (next: string) => update(path, fromText(type, next));
  const free = needsSwitch && !isFree;
  return (
    <div data-argument={path.join("/")}>
      <FieldHead {...head} id={id} name={name} hint={describeSimple(types, type)}>
        {needsSwitch && value !== null && (
          <VariableButton
            of={name}
            isOn={isFree}
            onToggle={() => {
              setWantsTemplate(!isFree);
              if (isFree && isTemplate(value)) update(path, "");
            }}
          />
        )}
      </FieldHead>
      {documentation && (
        <p id={`${id}-about`} className="m-0 mb-1 text-xs text-dimmed">
          {documentation}
        </p>
      )}
      {free && entry.kind === "choice" ? (
        <NativeSelect
          {...shared}
          data={withEmpty(entry.options, text)}
          onChange={(event) => set(event.currentTarget.value)}
        />
      ) : entry.kind === "long" ? (
        <Textarea {...shared} autosize minRows={1} maxRows={8} onChange={(event) => set(event.currentTarget.value)} />
      ) : (
        <TextInput
          {...shared}
          type={free && entry.kind === "date" ? "date" : "text"}
          inputMode={entry.kind === "number" ? "decimal" : undefined}
          placeholder={
            isFree ? "{{variables.name}}" : value === null || !exampleOf(type) ? "" : `such as ${exampleOf(type)}`
          }
          autoComplete="off"
          spellCheck={false}
          data-1p-ignore
          onChange={(event) => set(event.currentTarget.value)}
        />
      )}
    </div>
  );
}

function withEmpty(options: string[], text: string) {
  const list = options.map((value) => ({ value, label: value }));
  if (!options.includes(text)) list.unshift({ value: text, label: text === "" ? "Pick one" : `${text} (not allowed)` });
  return list;
}

function isPlainDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text);
}

function toText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.join(" ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Booleans and numbers become such in JSON where nothing of what was typed is lost by it. */
function fromText({ base, listOf }: SimpleType, text: string): unknown {
  if (base === "boolean" && (text === "true" || text === "false")) return text === "true";
  const isNumeric = !listOf && entryOf({ kind: "simple", base }).kind === "number";
  return isNumeric && text !== "" && String(Number(text)) === text && Number.isFinite(Number(text))
    ? Number(text)
    : text;
}
