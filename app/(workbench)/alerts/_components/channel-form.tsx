"use client";
import { Button, Checkbox } from "@mantine/core";
import { Controller } from "react-hook-form";
import { NodeField } from "#app/_shared/options/node-field.tsx";
import { Card } from "#app/_ui/card.tsx";
import { EditForm } from "#app/_ui/edit-form.tsx";
import { ChoiceField, NumberField, Remark, SecretInput, TextField, useFieldError } from "#app/_ui/form-fields.tsx";
import { HostsField } from "#app/_ui/hosts-field.tsx";
import type { StaleChange } from "#app/_ui/stale-notice.tsx";
import { toOptions } from "#app/_ui/to-options.ts";
import { type Stale, useEditForm, useSchemaResolver } from "#app/_ui/use-edit-form.ts";
import { alertEvents, type ChannelSummary, channelKinds, mailSecurities } from "#lib/oversight/alerts/model.ts";
import { withChannelRules } from "#lib/oversight/alerts/schema.ts";
import { addChannel, saveChannel } from "../actions.ts";
import { emptyValues, type FormValues, toFormValues, toInput, toUpdate } from "./form-values.ts";
import { eventHints, eventWords, kindWords, labels, secretLabel, securityWords } from "./words.ts";

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
  return (
    <EditForm edit={edit} listChanges={listChanges} cancelHref={channel ? `/alerts/${channel.id}` : "/alerts"}>
      <Card title="Channel">
        <div className="grid gap-4">
          <TextField name="name" label={labels.name} description="Such as Operations or Plant 7 on call." />
          <ChoiceField
            name="kind"
            label={labels.kind}
            disabled={channel !== null}
            options={toOptions(kindWords, channelKinds)}
            description={channel ? "The kind stays. Add another channel for another one." : undefined}
          />
          <Checkbox
            {...register("enabled")}
            label={labels.enabled}
            description="Off: nothing is sent, and nothing is noted to be told later."
          />
        </div>
      </Card>
      {kind === "email" ? (
        <MailFields passwordSetAt={edit.base?.secretSetAt ?? null} />
      ) : (
        <WebhookFields
          kind={kind}
          channel={edit.base}
          setSecret={(secret) => edit.form.setValue("secret", secret, { shouldDirty: true })}
        />
      )}
      <WhatFields nodeName={channel?.nodeName ?? null} />
    </EditForm>
  );
}

function MailFields({ passwordSetAt }: { passwordSetAt: string | null }) {
  return (
    <Card title="Mail server" description="Sallyport hands the messages to it directly; SMTP takes no HTTP proxy.">
      <div className="grid gap-4">
        <div className="grid items-start gap-4 sm:grid-cols-[minmax(0,1fr)_8rem]">
          <TextField name="email.host" label={labels["email.host"]} mono description="Such as smtp.example.com." />
          <NumberField name="email.port" label={labels["email.port"]} description="587, 465 or 25." />
        </div>
        <ChoiceField
          name="email.security"
          label={labels["email.security"]}
          options={toOptions(securityWords, mailSecurities)}
          description="STARTTLS is insisted on: without it nothing is sent."
        />
        <div className="grid items-start gap-4 sm:grid-cols-2">
          <TextField
            name="email.username"
            label={labels["email.username"]}
            mono
            description="Empty when the server wants none."
          />
          <SecretInput
            name="secret"
            label={secretLabel("email")}
            setAt={passwordSetAt}
            description="It is encrypted here and never shown again."
          />
        </div>
        <TextField
          name="email.from"
          label={labels["email.from"]}
          description="Such as Sallyport <sallyport@example.com>; the mail server must accept it."
        />
        <HostsField
          name="email.to"
          label={labels["email.to"]}
          description="Addresses that get every message of this channel, one on each line."
        />
        <OwnerBox />
      </div>
    </Card>
  );
}

function OwnerBox() {
  return (
    <Controller<FormValues, "email.toOwner">
      name="email.toOwner"
      render={({ field: { value, onChange, ...field } }) => (
        <Checkbox
          {...field}
          checked={value}
          onChange={(event) => onChange(event.currentTarget.checked)}
          label={labels["email.toOwner"]}
          description="A message of their own, with just their credentials. Credentials without an address of the owner are told to the addresses above only."
        />
      )}
    />
  );
}

type WebhookProps = {
  kind: "teams" | "slack" | "webhook";
  channel: ChannelSummary | null;
  setSecret: (secret: string) => void;
};

const webhookHints = {
  teams: "In Teams: Workflows, “Send webhook alerts to a channel”. Copy the URL that it shows.",
  slack: "In Slack: an app with Incoming Webhooks, a webhook for the channel. Copy its URL.",
  webhook: "Where the message is posted as JSON, signed after Standard Webhooks.",
};

function WebhookFields({ kind, channel, setSecret }: WebhookProps) {
  return (
    <Card title={kindWords[kind]}>
      <div className="grid gap-4">
        <SecretInput
          name="url"
          label={labels.url}
          setAt={channel?.urlSetAt ?? null}
          description={`${webhookHints[kind]} Whoever knows it may post, so it is encrypted here and never shown again.`}
        />
        {kind === "webhook" && (
          <div className="grid justify-items-start gap-2">
            <div className="w-full">
              <SecretInput
                name="secret"
                label={secretLabel(kind)}
                setAt={channel?.secretSetAt ?? null}
                description="What the receiver checks the signature with: whsec_ and base64. Copy it before you save."
              />
            </div>
            <Button variant="default" size="compact-sm" onClick={() => setSecret(makeSigningSecret())}>
              Generate
            </Button>
          </div>
        )}
      </div>
    </Card>
  );
}

function makeSigningSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return `whsec_${btoa(String.fromCharCode(...bytes))}`;
}

function WhatFields({ nodeName }: { nodeName: string | null }) {
  const error = useFieldError("events");
  const nodeError = useFieldError("nodeId");
  return (
    <Card title="What is told">
      <div className="grid gap-4">
        <fieldset className="m-0 border-0 p-0">
          <legend className="p-0 text-sm font-semibold">{labels.events}</legend>
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
          label={labels.quietMinutes}
          description="Minutes that a credential must be Degraded before that is told; what is over sooner is not. Action needed is told at once."
        />
        <Controller<FormValues, "nodeId">
          name="nodeId"
          render={({ field }) => (
            <NodeField
              label={labels.nodeId}
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
    label: (labels as Record<string, string>)[field] ?? field,
    before: (stale.before as unknown as Record<string, unknown>)[field],
    theirs: (stale.current as unknown as Record<string, unknown>)[field],
    here: field === "url" || field === "secret" ? undefined : here[field],
  }));
}
