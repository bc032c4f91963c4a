"use client";
import type { ReactNode } from "react";
import { useFormContext } from "react-hook-form";
import type { TriggerEvent } from "#lib/delivery/triggers/definition.ts";
import type { FormValues } from "./form-values.ts";

const hints: Record<TriggerEvent["kind"], ReactNode> = {
  on_demand: (
    <>
      Variables are written <code>{"{{variables.name}}"}</code> and asked for when the trigger runs.
    </>
  ),
  schedule: (
    <>
      A schedule brings no variables. The time that it was due at is written <code>{"{{run.dueAt}}"}</code>.
    </>
  ),
  webhook: (
    <>
      What the message brings is written <code>{"{{webhook.body.name}}"}</code>.
    </>
  ),
};

/** Where the values of the request come from, with the event that is chosen. */
export function ValueHint() {
  const { watch } = useFormContext<FormValues>();
  return hints[watch("event.kind")];
}

const examples: Record<TriggerEvent["kind"], string> = {
  on_demand: "{{variables.id}}",
  schedule: "{{run.id}}",
  webhook: "{{webhook.body.id}}",
};

/** A value as it may stand in the request, with the event that is chosen. */
export function useExampleValue(): string {
  const { watch } = useFormContext<FormValues>();
  return examples[watch("event.kind")];
}
