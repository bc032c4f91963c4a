"use client";
import { ActionIcon, Button, TextInput } from "@mantine/core";
import { PlusIcon, Trash2Icon } from "lucide-react";
import { useId, useRef } from "react";

export type NameValue = { name: string; value: string };

type Props = {
  /** Legend of the group: `Headers`, `Query parameters`. */
  label: string;
  /** One row's noun: `header`. */
  noun?: string;
  description?: string;
  value: NameValue[];
  onChange: (value: NameValue[]) => void;
  /** Complaints per row, as react-hook-form keeps them. */
  errors?: ({ name?: { message?: string }; value?: { message?: string } } | undefined)[];
  disabled?: boolean;
};

/** Rows of a name and a value, with Add and Remove; for react-hook-form's Controller. */
export function HeadersField({ label, noun = "header", description, value, onChange, errors = [], disabled }: Props) {
  const id = useId();
  const group = useRef<HTMLFieldSetElement>(null);
  const change = (index: number, part: Partial<NameValue>) =>
    onChange(value.map((row, at) => (at === index ? { ...row, ...part } : row)));
  const add = () => {
    onChange([...value, { name: "", value: "" }]);
    requestAnimationFrame(() => group.current?.querySelector<HTMLElement>("[data-row]:last-of-type input")?.focus());
  };
  const remove = (index: number) => {
    onChange(value.filter((_, at) => at !== index));
    requestAnimationFrame(() => group.current?.querySelector<HTMLElement>("[data-add]")?.focus());
  };
  return (
    <fieldset ref={group} className="m-0 min-w-0 border-0 p-0" aria-describedby={description ? id : undefined}>
      <legend className="p-0 text-sm font-semibold">{label}</legend>
      {description && (
        <p id={id} className="m-0 text-xs text-dimmed">
          {description}
        </p>
      )}
      {value.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity of their own and keep their places.
        <div key={index} data-row className="mt-2 flex items-start gap-2">
          <TextInput
            className="w-2/5 min-w-0"
            aria-label={`Name of ${noun} ${index + 1}`}
            placeholder="Name"
            value={row.name}
            error={errors[index]?.name?.message}
            disabled={disabled}
            onChange={(event) => change(index, { name: event.currentTarget.value })}
          />
          <TextInput
            className="min-w-0 grow"
            aria-label={`Value of ${noun} ${index + 1}`}
            placeholder="Value"
            value={row.value}
            error={errors[index]?.value?.message}
            disabled={disabled}
            onChange={(event) => change(index, { value: event.currentTarget.value })}
          />
          <ActionIcon
            className="mt-1"
            variant="subtle"
            color="gray"
            aria-label={`Remove ${noun} ${row.name || index + 1}`}
            disabled={disabled}
            onClick={() => remove(index)}
          >
            <Trash2Icon size={16} aria-hidden />
          </ActionIcon>
        </div>
      ))}
      <Button
        data-add
        className="mt-2"
        size="compact-sm"
        variant="default"
        leftSection={<PlusIcon size={14} aria-hidden />}
        disabled={disabled}
        onClick={add}
      >
        Add {noun}
      </Button>
    </fieldset>
  );
}
