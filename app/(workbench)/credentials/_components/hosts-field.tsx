"use client";
import { Textarea } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { Controller, useFormContext } from "react-hook-form";
import { useFieldError } from "./fields.tsx";
import type { FormValues } from "./form-values.ts";
import { labelOf } from "./words.ts";

type Name = "allowedHosts" | "proxy.bypass";
type Props = { name: Name; description?: ReactNode };

const toHosts = (text: string) => text.split(/[\s,;]+/).filter((host) => host !== "");

/** Hosts, one on each line; commas and spaces separate them as well. */
export function HostsField({ name, description }: Props) {
  const error = useHostsError(name);
  return (
    <Controller<FormValues, Name>
      name={name}
      render={({ field: { value, onChange, ...field } }) => (
        <HostsText
          {...field}
          label={labelOf(name)}
          description={description}
          error={error}
          hosts={value}
          onHosts={onChange}
        />
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
function useHostsError(name: Name): string | undefined {
  const { getValues, formState } = useFormContext<FormValues>();
  const whole = useFieldError(name);
  const errors = name === "allowedHosts" ? formState.errors.allowedHosts : formState.errors.proxy?.bypass;
  const wrong = Array.isArray(errors) ? errors.findIndex(Boolean) : -1;
  return wrong >= 0 ? `${getValues(name)[wrong]}: ${whole}` : whole;
}
