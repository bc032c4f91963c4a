"use client";
import { Checkbox } from "@mantine/core";
import { useState } from "react";
import { Card } from "#app/_ui/card.tsx";
import { EditForm } from "#app/_ui/edit-form.tsx";
import { ChoiceField, NumberField, PickField, TextField } from "#app/_ui/form-fields.tsx";
import { formatDuration } from "#app/_ui/format-time.ts";
import { listStaleChanges } from "#app/_ui/list-stale-changes.ts";
import type { Option } from "#app/_ui/search-select.tsx";
import type { Stale } from "#app/_ui/use-edit-form.ts";
import type { TriggerDetail } from "#lib/triggers/model.ts";
import { findTransports } from "../../transports/actions.ts";
import { findPlaces } from "../actions.ts";
import { type FormValues, toFormValues, toInput, toRequest } from "./form-values.ts";
import { PreviewCard } from "./preview-card.tsx";
import { placeRequestErrors } from "./request-errors.ts";
import { HttpRequestFields, SoapRequestFields } from "./request-fields.tsx";
import { usePreview } from "./use-preview.ts";
import { type KnownTransport, useLookUp, useTransports } from "./use-transport.ts";
import { useTriggerForm } from "./use-trigger-form.ts";
import { eventWords, labels } from "./words.ts";

type Props = {
  /** What is edited, null for a new one. */
  trigger: TriggerDetail | null;
  /** Where a new one goes, when that is known. */
  nodeId: string | null;
  /** The transport of the trigger, or the one that a new one begins with. */
  transport: KnownTransport | null;
  places: Option[];
  transports: Option[];
};

/** Adds or edits a trigger. */
export function TriggerForm({ trigger, nodeId, transport, places, transports }: Props) {
  const known = useTransports(transport);
  const edit = useTriggerForm({
    trigger,
    nodeId,
    transportId: transport?.id ?? null,
    typeOf: (id) => known.find(id)?.type ?? "HTTP",
  });
  const { watch, register } = edit.form;
  const [samples, setSamples] = useState<Record<string, string>>({});
  const [transportId, request, longest] = watch(["transportId", "request", "maxExecutionMs"]);
  useLookUp(known, transportId);
  const picked = known.find(transportId);
  const isSoap = picked?.type === "WS_SOAP";
  const state = usePreview(transportId, picked?.type === "HTTP" ? toRequest({ request }, "HTTP") : null, samples);

  return (
    <EditForm
      edit={edit}
      listChanges={(stale, mine) => listChanges(stale, mine, isSoap)}
      cancelHref={trigger ? `/triggers/${trigger.id}` : nodeId ? `/nodes/${nodeId}` : "/triggers"}
    >
      <Card title="Identity">
        <div className="grid gap-4">
          <TextField name="name" label={labels.name} description="Identifies this trigger on its node." />
          <PickField
            name="nodeId"
            label={labels.nodeId}
            description="Where it stands in the tree, which decides who may run and change it."
            find={findPlaces}
            initial={places}
            nothingFound="No node fits on which you may change triggers"
          />
          <PickField
            name="transportId"
            label={labels.transportId}
            description="How the request is sent, and with which Authorization."
            find={findTransports}
            initial={transports}
            nothingFound="No transport fits. Add one under Transports first."
          />
          <ChoiceField
            name="event.kind"
            label={labels.event}
            options={[{ value: "on_demand", label: eventWords.on_demand }]}
            description="What fires it. On demand: a person here, or a program over the REST API."
          />
          <Checkbox
            {...register("enabled")}
            label={labels.enabled}
            description="A trigger that is not enabled can't be run."
          />
        </div>
      </Card>
      {isSoap ? (
        <SoapRequestFields />
      ) : (
        <HttpRequestFields
          address={picked?.address ?? null}
          complaints={placeRequestErrors(state.error?.fields ?? [], { request })}
        />
      )}
      {!isSoap && (
        <PreviewCard
          state={state}
          samples={samples}
          onSample={(name, value) => setSamples((before) => ({ ...before, [name]: value }))}
        />
      )}
      <Card title="Limits">
        <div className="grid items-start gap-4 sm:grid-cols-3">
          <NumberField
            name="maxInProgress"
            label={labels.maxInProgress}
            description="Runs at the same time, over all processes. 0 = no limit."
          />
          <NumberField name="queueSize" label={labels.queueSize} description="0: a run over the limit is refused." />
          <NumberField
            name="maxExecutionMs"
            label={labels.maxExecutionMs}
            description={`In ms, the whole run${Number(longest) >= 1000 ? ` (${formatDuration(Number(longest))})` : ""}.`}
            step={1000}
          />
        </div>
      </Card>
      <Card>
        <TextField name="notes" label={labels.notes} rows={{ min: 2, max: 10 }} description="Optional." />
      </Card>
    </EditForm>
  );
}

function listChanges({ before, current, changed }: Stale<TriggerDetail>, mine: FormValues, isSoap: boolean) {
  const read = (values: FormValues) => toInput(values, isSoap ? "WS_SOAP" : "HTTP");
  const all = { before: read(toFormValues(before)), theirs: read(toFormValues(current)), mine: read(mine) };
  return listStaleChanges(changed, all, labels);
}
