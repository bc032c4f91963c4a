"use client";
import { Checkbox } from "@mantine/core";
import { useState } from "react";
import { Card } from "#app/_ui/card.tsx";
import { EditForm } from "#app/_ui/edit-form.tsx";
import { NumberField, PickField, TextField } from "#app/_ui/form-fields.tsx";
import { formatDuration } from "#app/_ui/format-time.ts";
import { listStaleChanges } from "#app/_ui/list-stale-changes.ts";
import type { Option } from "#app/_ui/search-select.tsx";
import { ShownOnceDialog } from "#app/_ui/shown-once.tsx";
import type { Stale } from "#app/_ui/use-edit-form.ts";
import { triggerLabels as labels } from "#lib/delivery/triggers/definition.ts";
import type { TriggerDetail } from "#lib/delivery/triggers/model.ts";
import { findPlaces, findUsableTransports } from "../actions.ts";
import { EventFields } from "./event-fields.tsx";
import { type FormValues, toFormValues, toInput, toRequest } from "./form-values.ts";
import { sampleVariables } from "./operation/describe-type.ts";
import { PreviewCard } from "./preview-card.tsx";
import { placeRequestErrors } from "./request-errors.ts";
import { HttpRequestFields } from "./request-fields.tsx";
import type { KnownTransport, RequestKind } from "./request-kind.ts";
import { RawEnvelopeFields, SoapCallFields, SoapRequestFields } from "./soap-request-fields.tsx";
import { useOperation } from "./use-operation.ts";
import { usePreview } from "./use-preview.ts";
import { useProblems } from "./use-problems.ts";
import { useLookUp, useTransports } from "./use-transport.ts";
import { useTriggerForm } from "./use-trigger-form.ts";

type Props = {
  /** What is edited, null for a new one. */
  trigger: TriggerDetail | null;
  /** Where a new one goes, when that is known. */
  nodeId: string | null;
  /** The transport of the trigger, or the one that a new one begins with. */
  transport: KnownTransport | null;
  /** The operation that a new one begins with. */
  operation: string | null;
  places: Option[];
  transports: Option[];
};

/** Adds or edits a trigger. */
export function TriggerForm({ trigger, nodeId, transport, operation, places, transports }: Props) {
  const known = useTransports(transport);
  const edit = useTriggerForm({
    trigger,
    nodeId,
    transportId: transport?.id ?? null,
    operation,
    kindOf: (id) => known.find(id)?.kind ?? "http",
  });
  const { watch, register } = edit.form;
  const [samples, setSamples] = useState<Record<string, string>>({});
  const [transportId, request, longest] = watch(["transportId", "request", "maxExecutionMs"]);
  useLookUp(known, transportId);
  const picked = known.find(transportId);
  const kind = picked?.kind ?? "http";
  const described = useOperation(
    transportId,
    request.operation,
    picked?.operations.includes(request.operation) ?? false,
  );
  const guessed = described.description ? sampleVariables(described.description, request.arguments) : {};
  const state = usePreview(transportId, picked && toPreviewed({ request }, kind), { ...guessed, ...samples });
  const problems = useProblems(state.preview, edit.form.formState.errors.request?.arguments);

  return (
    <>
      <EditForm
        edit={edit}
        isWide={kind !== "http"}
        listChanges={(stale, mine) => listChanges(stale, mine, kind)}
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
              description="How the request is sent, and with which Authorization. Requires engineer or admin on the transport's node."
              find={findUsableTransports}
              initial={transports}
              nothingFound="No transport that you can use matches. Add one under Transports first."
            />
            <EventFields />
            <Checkbox
              {...register("enabled")}
              label={labels.enabled}
              description="A trigger that is not enabled can't be run and makes no runs by itself."
            />
          </div>
        </Card>
        <div className={kind === "http" ? "grid grid-cols-1 gap-5" : "soap-request"}>
          <div className="grid min-w-0 grid-cols-1 gap-5">
            {kind === "http" && (
              <HttpRequestFields
                address={picked?.address ?? null}
                complaints={placeRequestErrors(state.error?.fields ?? [], { request })}
              />
            )}
            {kind === "soap" && picked && (
              <>
                <SoapRequestFields
                  transport={picked}
                  operation={described}
                  problems={problems}
                  showAll={edit.form.formState.submitCount > 0}
                />
                <SoapCallFields />
              </>
            )}
            {kind === "raw" && picked && <RawEnvelopeFields address={picked.address} />}
          </div>
          <PreviewCard
            kind={kind}
            state={state}
            samples={{ ...guessed, ...samples }}
            hasDescription={described.description !== null}
            onSample={(name, value) => setSamples((before) => ({ ...before, [name]: value }))}
          />
        </div>
        <Card title="Limits">
          <div className="grid items-start gap-4 sm:grid-cols-3">
            <NumberField
              name="maxInProgress"
              label={labels.maxInProgress}
              description="Over all processes. 0 = no limit."
            />
            <NumberField name="queueSize" label={labels.queueSize} description="Runs that wait. 0 = refused." />
            <NumberField
              name="maxExecutionMs"
              label={labels.maxExecutionMs}
              description={`In ms, the whole run${Number(longest) >= 1000 ? ` (${formatDuration(Number(longest))})` : ""}.`}
              step={1000}
            />
          </div>
          <Checkbox
            mt="md"
            {...register("repeatInterrupted")}
            label={labels.repeatInterrupted}
            description="When a worker ends in the middle of a queued run, nobody knows whether the service got the request. Tick this if it may get it twice; else the run fails and says so."
          />
          <div className="mt-4">
            <NumberField
              name="holdHours"
              label={labels.holdHours}
              description="In hours, 168 at most. When no token can be had for an Application credential, or the service refuses it, the run waits so long for the credential to work and is made again then. 0: it fails at once."
            />
          </div>
        </Card>
        <Card>
          <TextField name="notes" label={labels.notes} rows={{ min: 2, max: 10 }} description="Optional." />
        </Card>
      </EditForm>
      <ShownOnceDialog
        value={edit.secret?.value ?? null}
        title="The signing secret of the webhook"
        label="signing secret"
        onClose={() => edit.secret?.onKept()}
      >
        <p className="m-0">Senders sign their messages with it, as Standard Webhooks says.</p>
      </ShownOnceDialog>
    </>
  );
}

function listChanges({ before, current, changed }: Stale<TriggerDetail>, mine: FormValues, kind: RequestKind) {
  const read = (values: FormValues) => toInput(values, kind);
  const all = { before: read(toFormValues(before)), theirs: read(toFormValues(current)), mine: read(mine) };
  return listStaleChanges(changed, all, labels);
}

/** What can be previewed: of SOAP only once there is an operation. */
function toPreviewed(values: Pick<FormValues, "request">, kind: RequestKind) {
  return kind === "soap" && values.request.operation === "" ? null : toRequest(values, kind);
}
