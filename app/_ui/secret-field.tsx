"use client";
import { Button, Input, PasswordInput, Textarea } from "@mantine/core";
import { type ReactNode, type RefCallback, useId } from "react";
import { Instant } from "./instant.tsx";

type Props = {
  label: string;
  description?: ReactNode;
  /** When the stored secret was set; null = none is stored. */
  setAt: string | null;
  /** undefined = keep what is stored; a string = the new secret. For react-hook-form's Controller. */
  value: string | undefined;
  onChange: (value: string | undefined) => void;
  onBlur?: () => void;
  /** Of the input, while there is one: a complaint takes the focus there. */
  ref?: RefCallback<HTMLElement>;
  name?: string;
  error?: string;
  required?: boolean;
  /** For keys in PEM. */
  multiline?: boolean;
  disabled?: boolean;
};

/** A write-only secret: shows when it was set, never what it is; Replace opens an empty field. */
export function SecretField({ setAt, value, onChange, multiline = false, error, required, ...field }: Props) {
  const id = useId();
  const { label, description, name, onBlur, ref, disabled } = field;
  if (setAt !== null && value === undefined) {
    return (
      <Input.Wrapper label={label} description={description} error={error} labelElement="div">
        <div className="flex flex-wrap items-center gap-3 py-1">
          <span className="text-sm">
            Set on <Instant at={setAt} show="absolute" />
          </span>
          <Button
            size="compact-sm"
            variant="default"
            disabled={disabled}
            onClick={() => onChange("")}
            aria-label={`Replace ${label}`}
          >
            Replace
          </Button>
        </div>
      </Input.Wrapper>
    );
  }
  const shared = {
    ref,
    id,
    label,
    description,
    name,
    error,
    // Mantine's PasswordInput does not set it by itself.
    "aria-invalid": error ? true : undefined,
    required,
    disabled,
    onBlur,
    value: value ?? "",
    autoComplete: "off",
    // Where Replace was pressed, the focus belongs in the field that took its place.
    autoFocus: setAt !== null,
    spellCheck: false,
  };
  return (
    <div>
      {multiline ? (
        <Textarea
          {...shared}
          autosize
          minRows={4}
          maxRows={12}
          classNames={{ input: "font-mono" }}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      ) : (
        <PasswordInput
          {...shared}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ "aria-label": "Show or hide what you type" }}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )}
      {setAt !== null && (
        <Button className="mt-1" size="compact-sm" variant="subtle" onClick={() => onChange(undefined)}>
          Keep the stored one
        </Button>
      )}
    </div>
  );
}
