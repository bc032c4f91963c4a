"use client";
import { NativeSelect, NumberInput, Textarea, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { Controller, useFormContext } from "react-hook-form";
import { type Unit, unitFor } from "./quantity.ts";
import { type FindOptions, type Option, SearchSelect } from "./search-select.tsx";
import { SecretField } from "./secret-field.tsx";

/** Fields of a react-hook-form, by their dotted name. `remark` says below the field why it is likely wrong. */
export type FieldProps = {
  name: string;
  label: string;
  description?: ReactNode;
  remark?: ReactNode;
  error?: string;
  /** Marks a field that can't be left empty. */
  required?: boolean;
};

/** A remark below a field, announced when it appears. `bad`: the field is likely wrong. */
export function Remark({ bad = false, children }: { bad?: boolean; children: ReactNode }) {
  return (
    <div role="status" className={`text-sm [&:not(:empty)]:mt-1 ${bad ? "text-bad" : "text-dimmed"}`}>
      {children}
    </div>
  );
}

/** The message of a field's error, by its dotted name; of a list the first one inside. */
export function useFieldError(name: string): string | undefined {
  const { formState } = useFormContext();
  const found = name
    .split(".")
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], formState.errors);
  return messageIn(found);
}

function messageIn(error: unknown): string | undefined {
  if (!error || typeof error !== "object") return undefined;
  if ("message" in error && typeof error.message === "string") return error.message;
  const inner = Array.isArray(error) ? error : "root" in error ? [error.root] : Object.values(error);
  for (const each of inner) {
    const message = messageIn(each);
    if (message) return message;
  }
  return undefined;
}

type TextProps = FieldProps & {
  type?: "text" | "date" | "url" | "email";
  /** Rows of a text area; none = one line. */
  rows?: { min: number; max: number };
  mono?: boolean;
  placeholder?: string;
};

export function TextField({ name, type = "text", rows, mono, remark, error, ...props }: TextProps) {
  const { register } = useFormContext();
  const complaint = useFieldError(name);
  const shared = { ...props, ...register(name), error: complaint ?? error, autoComplete: "off", spellCheck: !mono };
  const classNames = mono ? { input: "font-mono" } : undefined;
  return (
    <div>
      {rows ? (
        <Textarea {...shared} autosize minRows={rows.min} maxRows={rows.max} classNames={classNames} />
      ) : (
        <TextInput {...shared} type={type} classNames={classNames} data-1p-ignore />
      )}
      <Remark bad>{remark}</Remark>
    </div>
  );
}

type ChoiceProps = FieldProps & { options: { value: string; label: string }[]; disabled?: boolean };

/** A choice of a few. */
export function ChoiceField({ name, options, remark, error, ...props }: ChoiceProps) {
  const { register } = useFormContext();
  const complaint = useFieldError(name);
  return (
    <div>
      <NativeSelect {...props} {...register(name)} data={options} error={complaint ?? error} />
      <Remark bad>{remark}</Remark>
    </div>
  );
}

type NumberProps = FieldProps & { step?: number; min?: number };

/** A whole number; a cleared field holds "". */
export function NumberField({ name, remark, error, ...props }: NumberProps) {
  const complaint = useFieldError(name);
  return (
    <div>
      <Controller
        name={name}
        render={({ field }) => (
          <NumberInput
            {...props}
            {...field}
            error={complaint ?? error}
            allowDecimal={false}
            allowNegative={false}
            thousandSeparator=" "
          />
        )}
      />
      <Remark bad>{remark}</Remark>
    </div>
  );
}

type QuantityProps = FieldProps & { units: Unit[] };

/** A whole number with its unit inside the input. The form holds it in the first unit; a cleared field holds "". */
export function QuantityField({ name, units, remark, error, ...props }: QuantityProps) {
  const complaint = useFieldError(name);
  const [selected, setSelected] = useState<Unit | null>(null);
  return (
    <div>
      <Controller
        name={name}
        render={({ field }) => {
          const unit = unitFor(field.value, units, selected);
          const shown = field.value === "" ? "" : Number(field.value) / unit.factor;
          const store = (amount: number | string, { factor }: Unit) =>
            field.onChange(amount === "" ? "" : Number(amount) * factor);
          return (
            <NumberInput
              {...props}
              {...field}
              value={shown}
              onChange={(amount) => {
                setSelected(unit);
                store(amount, unit);
              }}
              error={complaint ?? error}
              allowDecimal={false}
              allowNegative={false}
              thousandSeparator=" "
              hideControls
              rightSectionWidth="5rem"
              rightSection={
                <select
                  className="unit-select"
                  aria-label="Unit"
                  value={unit.symbol}
                  onChange={({ currentTarget }) => {
                    const next = units.find(({ symbol }) => symbol === currentTarget.value) ?? unit;
                    setSelected(next);
                    store(shown, next);
                  }}
                >
                  {units.map(({ symbol }) => (
                    <option key={symbol}>{symbol}</option>
                  ))}
                </select>
              }
            />
          );
        }}
      />
      <Remark bad>{remark}</Remark>
    </div>
  );
}

type SecretProps = FieldProps & { setAt: string | null; multiline?: boolean };

/** A write-only field. */
export function SecretInput({ name, remark, error, ...props }: SecretProps) {
  const complaint = useFieldError(name);
  return (
    <div data-field={name}>
      <Controller
        name={name}
        render={({ field }) => (
          <SecretField
            {...props}
            name={name}
            value={field.value}
            onChange={field.onChange}
            onBlur={field.onBlur}
            ref={field.ref}
            error={complaint ?? error}
          />
        )}
      />
      <Remark bad>{remark}</Remark>
    </div>
  );
}

type PickProps = FieldProps & { find: FindOptions; initial: Option[]; nothingFound: string; clearable?: boolean };

/** One of many, found by typing; nothing picked is "". */
export function PickField({ name, remark, error, ...props }: PickProps) {
  const complaint = useFieldError(name);
  return (
    <div>
      <Controller
        name={name}
        render={({ field }) => (
          <SearchSelect
            {...props}
            value={field.value || null}
            onChange={(id) => field.onChange(id ?? "")}
            onBlur={field.onBlur}
            ref={field.ref}
            error={complaint ?? error}
          />
        )}
      />
      <Remark bad>{remark}</Remark>
    </div>
  );
}
