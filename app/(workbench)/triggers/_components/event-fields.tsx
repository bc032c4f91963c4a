"use client";
import { Select } from "@mantine/core";
import { useEffect, useMemo } from "react";
import { Controller, useFormContext } from "react-hook-form";
import { useClock } from "#app/_ui/clock.tsx";
import { ChoiceField, TextField, useFieldError } from "#app/_ui/form-fields.tsx";
import { toOptions } from "#app/_ui/to-options.ts";
import { triggerLabels as labels } from "#lib/delivery/triggers/definition.ts";
import type { FormValues } from "./form-values.ts";
import { NextTimes } from "./next-times.tsx";
import { authenticationWords, catchUpWords, eventWords, respondWords } from "./words.ts";

/** What fires the trigger, and what that needs to know. */
export function EventFields() {
  const { watch } = useFormContext<FormValues>();
  const kind = watch("event.kind");
  return (
    <>
      <ChoiceField
        name="event.kind"
        label={labels.event}
        options={toOptions(eventWords)}
        description="What fires it. Whatever it is, a person here or a program over the REST API can run it too."
      />
      {kind === "schedule" && <ScheduleFields />}
      {kind === "webhook" && <WebhookFields />}
    </>
  );
}

function ScheduleFields() {
  const { watch, setValue, getValues } = useFormContext<FormValues>();
  const { timeZone } = useClock();
  const [cron, timezone] = watch(["event.cron", "event.timezone"]);
  const complaint = useFieldError("event.cron");
  useEffect(() => {
    if (getValues("event.timezone") === "") setValue("event.timezone", timeZone);
  }, [getValues, setValue, timeZone]);
  return (
    <fieldset className="m-0 grid gap-4 border-0 p-0">
      <legend className="sr-only">Schedule</legend>
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <TextField
          name="event.cron"
          label={labels["event.cron"]}
          mono
          description="Minute, hour, day of month, month, day of week."
        />
        <TimeZoneField />
      </div>
      <NextTimes cron={cron} timezone={timezone} isRefused={complaint !== undefined} />
      <ChoiceField
        name="event.catchUp"
        label={labels["event.catchUp"]}
        options={toOptions(catchUpWords)}
        description="What follows times that passed while no worker was there."
      />
    </fieldset>
  );
}

function TimeZoneField() {
  const complaint = useFieldError("event.timezone");
  const zones = useMemo(() => [...new Set(["UTC", ...Intl.supportedValuesOf("timeZone")])], []);
  return (
    <Controller<FormValues, "event.timezone">
      name="event.timezone"
      render={({ field }) => (
        <Select
          label={labels["event.timezone"]}
          description="Daylight saving time follows it."
          data={zones.includes(field.value) || field.value === "" ? zones : [field.value, ...zones]}
          value={field.value || null}
          onChange={(zone) => field.onChange(zone ?? "")}
          onBlur={field.onBlur}
          ref={field.ref}
          searchable
          allowDeselect={false}
          limit={60}
          nothingFoundMessage="No such time zone"
          error={complaint}
        />
      )}
    />
  );
}

function WebhookFields() {
  const { watch } = useFormContext<FormValues>();
  const slug = watch("event.slug").trim().toLowerCase();
  return (
    <fieldset className="m-0 grid gap-4 border-0 p-0">
      <legend className="sr-only">Webhook</legend>
      <TextField
        name="event.slug"
        label={labels["event.slug"]}
        mono
        description={
          <>
            Senders post to{" "}
            <code>
              {"/api/hooks/"}
              {slug === "" ? "…" : slug}
            </code>
          </>
        }
      />
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <ChoiceField
          name="event.authentication"
          label={labels["event.authentication"]}
          options={toOptions(authenticationWords)}
          description="How senders show who they are. An API key whose role may run the trigger counts in any case."
        />
        <ChoiceField
          name="event.respond"
          label={labels["event.respond"]}
          options={toOptions(respondWords)}
          description="A sender that asks for respond-async never waits."
        />
      </div>
      <p className="m-0 text-sm text-dimmed">
        The request takes what the message brings: <code>{"{{webhook.body.id}}"}</code>,{" "}
        <code>{"{{webhook.query.site}}"}</code>, <code>{"{{webhook.headers.x-source}}"}</code>.
      </p>
    </fieldset>
  );
}
