"use client";
import { Textarea } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { Controller, get, useFormContext } from "react-hook-form";
import { type FieldProps, useFieldError } from "./form-fields.tsx";

/** Splits a text at line breaks, commas, and spaces. */
export const toHosts = (text: string) => text.split(/[\s,;]+/).filter((host) => host !== "");

/** Hosts, one on each line; commas and spaces separate them as well. */
export function HostsField({ name, label, description }: Pick<FieldProps, "name" | "label" | "description">) {
  const error = useHostsError(name);
  return (
    <Controller
      name={name}
      render={({ field: { value, onChange, ...field } }) => (
        <HostsText {...field} label={label} description={description} error={error} hosts={value} onHosts={onChange} />
      )}
    />
  );
}

type TextProps = {
  label: string;
  description?: ReactNode;
  error?: string;
  hosts: string[];
  onHosts: (hosts: string[]) => void;
};

function HostsText({ hosts, onHosts, ...field }: TextProps) {
  const [text, setText] = useState(hosts.join("\n"));
  // What was typed stays as it was typed, until the form is filled anew.
  const isCurrent = toHosts(text).join("\n") === hosts.join("\n");
  return (
    <Textarea
      {...field}
      autosize
      minRows={2}
      maxRows={12}
      spellCheck={false}
      classNames={{ input: "font-mono" }}
      value={isCurrent ? text : hosts.join("\n")}
      onChange={(event) => {
        setText(event.currentTarget.value);
        onHosts(toHosts(event.currentTarget.value));
      }}
    />
  );
}

/** The complaint about the whole list, or about its first wrong host by name. */
function useHostsError(name: string): string | undefined {
  const { getValues, formState } = useFormContext();
  const whole = useFieldError(name);
  const errors: unknown = get(formState.errors, name);
  const wrong = Array.isArray(errors) ? errors.findIndex(Boolean) : -1;
  return wrong >= 0 ? `${getValues(name)[wrong]}: ${whole}` : whole;
}
