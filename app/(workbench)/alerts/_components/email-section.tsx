"use client";
import { Checkbox } from "@mantine/core";
import { Controller } from "react-hook-form";
import { Card } from "#app/_ui/card.tsx";
import { ChoiceField, NumberField, SecretInput, TextField } from "#app/_ui/form-fields.tsx";
import { HostsField } from "#app/_ui/hosts-field.tsx";
import { channelLabels } from "#lib/oversight/alerts/definition.ts";
import { channelKinds, mailFields } from "#lib/oversight/alerts/kinds.ts";
import { optionsOf } from "#lib/platform/definitions/field.ts";
import type { FormValues, SectionProps } from "./form-values.ts";

/** The mail server, and who gets the messages. */
export function EmailSection({ kind, channel }: SectionProps) {
  return (
    <Card title="Mail server" description="Sallyport hands the messages to it directly; SMTP takes no HTTP proxy.">
      <div className="grid gap-4">
        <div className="grid items-start gap-4 sm:grid-cols-[minmax(0,1fr)_8rem]">
          <TextField
            name="email.host"
            label={channelLabels["email.host"]}
            mono
            description="Such as smtp.example.com."
          />
          <NumberField name="email.port" label={channelLabels["email.port"]} description="587, 465 or 25." />
        </div>
        <ChoiceField
          name="email.security"
          label={channelLabels["email.security"]}
          options={optionsOf(mailFields.security)}
          description="STARTTLS is insisted on: without it nothing is sent."
        />
        <div className="grid items-start gap-4 sm:grid-cols-2">
          <TextField
            name="email.username"
            label={channelLabels["email.username"]}
            mono
            description="Empty when the server wants none."
          />
          <SecretInput
            name="secret"
            label={channelKinds[kind].secretLabel ?? ""}
            setAt={channel?.secretSetAt ?? null}
            description="It is encrypted here and never shown again."
          />
        </div>
        <TextField
          name="email.from"
          label={channelLabels["email.from"]}
          description="Such as Sallyport <sallyport@example.com>; the mail server must accept it."
        />
        <HostsField
          name="email.to"
          label={channelLabels["email.to"]}
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
          label={channelLabels["email.toOwner"]}
          description="Each owner gets an email about their own credentials. If a credential has no owner address, its alerts go only to the addresses above."
        />
      )}
    />
  );
}
