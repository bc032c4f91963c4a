"use client";
import { Checkbox } from "@mantine/core";
import { Controller } from "react-hook-form";
import { NodeField } from "#app/_shared/options/node-field.tsx";
import { Card } from "#app/_ui/card.tsx";
import { EditForm } from "#app/_ui/edit-form.tsx";
import { ChoiceField, NumberField, Remark, TextField, useFieldError } from "#app/_ui/form-fields.tsx";
import type { StaleChange } from "#app/_ui/stale-notice.tsx";
import { type Stale, useEditForm, useSchemaResolver } from "#app/_ui/use-edit-form.ts";
import { type ChannelSummary, channelLabels } from "#lib/oversight/alerts/definition.ts";
import { type ChannelKind, channelKinds, kindNames } from "#lib/oversight/alerts/kinds.ts";
import { alertEvents } from "#lib/oversight/alerts/model.ts";
import { withChannelRules } from "#lib/oversight/alerts/schema.ts";
import { addChannel, saveChannel } from "../actions.ts";
import { EmailSection } from "./email-section.tsx";
import { emptyValues, type FormValues, toFormValues, toInput, toUpdate } from "./form-values.ts";
import { UrlSection } from "./url-section.tsx";
import { eventHints, eventWords } from "./words.ts";

const sections: Record<ChannelKind, typeof UrlSection> = {
  email: EmailSection,
  teams: UrlSection,
  slack: UrlSection,
  webhook: UrlSection,
};

/** Adds or edits an alert channel. */
export function ChannelForm({ channel }: { channel: ChannelSummary | null }) {
  const stored = { url: Boolean(channel?.urlSetAt), secret: Boolean(channel?.secretSetAt) };
  const resolver = useSchemaResolver<FormValues>(() => withChannelRules(stored), toInput);
  const edit = useEditForm<FormValues, ChannelSummary>({
    stored: channel,
    emptyValues,
    toValues: toFormValues,
    resolver,
    save: (values, base, start) =>
      base ? saveChannel({ id: base.id, update: toUpdate(values, start, base.version) }) : addChannel(toInput(values)),
    pageOf: ({ id }) => `/alerts/${id}`,
  });
  const { watch, register } = edit.form;
  const kind = watch("kind");
  const Section = sections[kind];
  return (
    <EditForm edit={edit} listChanges={listChanges} cancelHref={channel ? `/alerts/${channel.id}` : "/alerts"}>
      <Card title="Channel">
        <div className="grid gap-4">
          <TextField name="name" label={channelLabels.name} description="Such as Operations or Plant 7 on call." />
          <ChoiceField
            name="kind"
            label={channelLabels.kind}
            disabled={channel !== null}
            options={kindNames.map((value) => ({ value, label: channelKinds[value].label }))}
            description={channel ? "The kind stays. Add another channel for another one." : undefined}
          />
          <Checkbox
            {...register("enabled")}
            label={channelLabels.enabled}
            description="Off: nothing is sent, and nothing is noted to be told later."
          />
        </div>
      </Card>
      <Section kind={kind} channel={edit.base} />
      <WhatFields nodeName={channel?.nodeName ?? null} />
    </EditForm>
  );
}

function WhatFields({ nodeName }: { nodeName: string | null }) {
  const error = useFieldError("events");
  const nodeError = useFieldError("nodeId");
  return (
    <Card title="What is told">
      <div className="grid gap-4">
        <fieldset className="m-0 border-0 p-0">
          <legend className="p-0 text-sm font-semibold">{channelLabels.events}</legend>
          <div className="mt-2 grid gap-3">
            {alertEvents.map((event) => (
              <Controller<FormValues, `events.${typeof event}`>
                key={event}
                name={`events.${event}`}
                render={({ field: { value, onChange, ...field } }) => (
                  <Checkbox
                    {...field}
                    checked={value}
                    onChange={(change) => onChange(change.currentTarget.checked)}
                    label={eventWords[event]}
                    description={eventHints[event]}
                  />
                )}
              />
            ))}
          </div>
          <Remark bad>{error}</Remark>
        </fieldset>
        <NumberField
          name="quietMinutes"
          label={channelLabels.quietMinutes}
          description="Minutes that a credential must be Degraded before that is told; what is over sooner is not. Action needed is told at once."
        />
        <Controller<FormValues, "nodeId">
          name="nodeId"
          render={({ field }) => (
            <NodeField
              label={channelLabels.nodeId}
              nodeId={field.value}
              nodeName={nodeName}
              onChange={field.onChange}
              error={nodeError}
            />
          )}
        />
        <p className="m-0 -mt-2 text-xs text-dimmed">
          Of a node: only credentials that transports on it, or on nodes under it, use.
        </p>
      </div>
    </Card>
  );
}

function listChanges(stale: Stale<ChannelSummary>, mine: FormValues): StaleChange[] {
  const here: Record<string, unknown> = toInput(mine);
  return stale.changed.map((field) => ({
    label: (channelLabels as Record<string, string>)[field] ?? field,
    before: (stale.before as unknown as Record<string, unknown>)[field],
    theirs: (stale.current as unknown as Record<string, unknown>)[field],
    here: field === "url" || field === "secret" ? undefined : here[field],
  }));
}
