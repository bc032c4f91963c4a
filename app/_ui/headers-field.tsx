"use client";
import { ActionIcon, Button, Input, PasswordInput, TextInput } from "@mantine/core";
import { LockIcon, LockOpenIcon, PlusIcon, Trash2Icon } from "lucide-react";
import { useId, useRef } from "react";
import { isAlwaysSecret, type Named } from "#lib/platform/header-values/secret-names.ts";
import type { EnteredValue } from "#lib/platform/header-values/secret-values.ts";
import { Instant } from "./instant.tsx";

export type NameValue = { name: string; value: string };

type Props<R extends EnteredValue> = {
  /** Legend of the group: `Headers`, `Query parameters`. */
  label: string;
  /** One row's noun: `header`. */
  noun?: string;
  description?: string;
  value: R[];
  onChange: (value: R[]) => void;
  /** Whether a row's value is secret; left out if no value can be. */
  isSecret?: (named: Named) => boolean;
  /** Complaints per row, as react-hook-form keeps them. */
  errors?: ({ name?: { message?: string }; value?: { message?: string } } | undefined)[];
  disabled?: boolean;
};

/** Rows of a name and a value, with Add and Remove; for react-hook-form's Controller. */
export function HeadersField<R extends EnteredValue>({
  label,
  noun = "header",
  description,
  value,
  onChange,
  isSecret,
  errors = [],
  disabled,
}: Props<R>) {
  const id = useId();
  const group = useRef<HTMLFieldSetElement>(null);
  const change = (index: number, part: Partial<EnteredValue>) =>
    onChange(value.map((row, at) => (at === index ? { ...row, ...part } : row)));
  const add = () => {
    onChange([...value, { name: "", value: "" } as R]);
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
          <ValueInput
            row={row}
            label={`Value of ${noun} ${index + 1}`}
            isSecret={isSecret?.(row) ?? false}
            error={errors[index]?.value?.message}
            disabled={disabled}
            onChange={(part) => change(index, part)}
          />
          {isSecret && (
            <SecretToggle
              row={row}
              label={`Secret ${noun} ${row.name || index + 1}`}
              isSecret={isSecret(row)}
              disabled={disabled}
              onChange={(part) => change(index, part)}
            />
          )}
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

type PartProps = {
  row: EnteredValue;
  label: string;
  isSecret: boolean;
  disabled?: boolean | undefined;
  onChange: (part: Partial<EnteredValue>) => void;
};

/** A value. A stored secret one shows only when it was set, until it's replaced. */
function ValueInput({ row, label, isSecret, error, disabled, onChange }: PartProps & { error?: string | undefined }) {
  const { value, setAt } = row;
  if (isSecret && value == null) {
    return (
      <Input.Wrapper className="min-w-0 flex-1" error={error} labelElement="div">
        <div className="flex flex-wrap items-center gap-3 py-1">
          <span className="text-sm">
            {setAt ? (
              <>
                Set on <Instant at={setAt} show="absolute" />
              </>
            ) : (
              "Saved"
            )}
          </span>
          <Button
            size="compact-sm"
            variant="default"
            disabled={disabled}
            aria-label={`Replace ${label[0]!.toLowerCase()}${label.slice(1)}`}
            onClick={() => onChange({ value: "" })}
          >
            Replace
          </Button>
        </div>
      </Input.Wrapper>
    );
  }
  const shared = {
    className: "min-w-0 flex-1",
    "aria-label": label,
    placeholder: "Value",
    value: value ?? "",
    error,
    disabled,
    onChange: (event: { currentTarget: { value: string } }) => onChange({ value: event.currentTarget.value }),
  };
  if (!isSecret) return <TextInput {...shared} />;
  return (
    <PasswordInput
      {...shared}
      // Mantine's PasswordInput does not set it by itself.
      aria-invalid={error ? true : undefined}
      autoComplete="new-password"
      spellCheck={false}
      visibilityToggleButtonProps={{ "aria-label": `Show or hide ${label[0]!.toLowerCase()}${label.slice(1)}` }}
    />
  );
}

/** Marks a value as secret or not secret. A stored secret is never shown, so it has to be entered again then. */
function SecretToggle({ row, label, isSecret, disabled, onChange }: PartProps) {
  const Icon = isSecret ? LockIcon : LockOpenIcon;
  const toggle = () => {
    if (isSecret) onChange({ secret: false, value: row.value ?? "" });
    else onChange({ secret: true, ...(row.setAt && row.value === "" && { value: null }) });
  };
  return (
    <ActionIcon
      className="mt-1"
      variant={isSecret ? "light" : "subtle"}
      color={isSecret ? undefined : "gray"}
      aria-label={label}
      aria-pressed={isSecret}
      title={isSecret ? "Secret: encrypted and never shown again" : "Not secret"}
      disabled={disabled || isAlwaysSecret(row.name)}
      onClick={toggle}
    >
      <Icon size={16} aria-hidden />
    </ActionIcon>
  );
}
