"use client";
import { Button, Checkbox, Loader, Select } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useController, useFormContext } from "react-hook-form";
import { ActionErrorAlert } from "#app/_ui/action-error.tsx";
import { Card } from "#app/_ui/card.tsx";
import { TextField, useFieldError } from "#app/_ui/form-fields.tsx";
import type { Members } from "#lib/delivery/soap/values.ts";
import { triggerLabels as labels } from "#lib/delivery/triggers/definition.ts";
import { ArgumentsJson } from "./arguments-json.tsx";
import type { FormValues } from "./form-values.ts";
import { blankArguments } from "./operation/argument-values.ts";
import { OperationFields } from "./operation/operation-form.tsx";
import type { KnownTransport } from "./request-kind.ts";
import type { useOperation } from "./use-operation.ts";
import { ValueHint } from "./value-hint.tsx";

type Props = {
  transport: KnownTransport;
  operation: ReturnType<typeof useOperation>;
  problems: ReadonlyMap<string, string>;
  showAll: boolean;
};

/** The request of a WS_SOAP trigger: the operation and its arguments. */
export function SoapRequestFields({ transport, operation, problems, showAll }: Props) {
  const { getValues, setValue, formState } = useFormContext<FormValues>();
  const refused = formState.errors.request?.arguments;
  const box = useRef<HTMLFieldSetElement>(null);
  const { field } = useController<FormValues, "request.arguments">({ name: "request.arguments" });
  const kept = useRef<Record<string, Members>>({});
  const { description, error, isLoading } = operation;

  const put = (value: Members, isEdit: boolean) => {
    setValue("request.argumentsText", null);
    setValue("request.arguments", value, { shouldDirty: isEdit });
  };
  // Arguments that nobody filled in yet begin with what the operation asks for.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another operation is a reason.
  useEffect(() => {
    if (description && Object.keys(getValues("request.arguments")).length === 0)
      put(blankArguments(description), false);
  }, [description]);
  // These fields are not known to the form by name, so it can't lead to the first wrong one itself.
  useEffect(() => {
    if (!refused) return;
    const frame = requestAnimationFrame(() => box.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
    return () => cancelAnimationFrame(frame);
  }, [refused]);
  const pick = (name: string) => {
    const before = getValues("request.operation");
    if (name === before) return;
    kept.current[before] = getValues("request.arguments");
    setValue("request.operation", name, { shouldDirty: true, shouldValidate: true });
    put(kept.current[name] ?? {}, true);
  };
  return (
    <Card
      title={labels.request}
      description={
        <>
          Each field takes a value or a template. <ValueHint />
        </>
      }
      actions={isLoading && <Loader size="xs" aria-hidden />}
    >
      <div className="grid grid-cols-1 gap-4" aria-busy={isLoading}>
        {transport.operations.length > 0 ? (
          <OperationPicker operations={transport.operations} onPick={pick} />
        ) : (
          <TextField
            name="request.operation"
            label={labels["request.operation"]}
            mono
            description="As in the WSDL, which could not be read yet."
          />
        )}
        {description?.documentation && <p className="m-0 text-sm text-dimmed">{description.documentation}</p>}
        <div className="empty:hidden">
          <ActionErrorAlert error={error} />
        </div>
        {description ? (
          <fieldset ref={box} className="m-0 min-w-0 border-0 p-0" aria-label={labels["request.arguments"]}>
            <div className="mb-3 flex flex-wrap items-center justify-between gap-2">
              <h3 className="m-0 text-sm font-semibold">{labels["request.arguments"]}</h3>
              <Button size="compact-xs" variant="subtle" onClick={() => put(description.exampleArguments, true)}>
                Fill in examples
              </Button>
            </div>
            <OperationFields
              description={description}
              value={field.value}
              onChange={(value) => put(value, true)}
              problems={problems}
              showAll={showAll}
            />
          </fieldset>
        ) : (
          transport.operations.length === 0 && <ArgumentsJson />
        )}
      </div>
    </Card>
  );
}

function OperationPicker({ operations, onPick }: { operations: string[]; onPick: (name: string) => void }) {
  const { field } = useController<FormValues, "request.operation">({ name: "request.operation" });
  const error = useFieldError("request.operation");
  const isGone = field.value !== "" && !operations.includes(field.value);
  return (
    <Select
      ref={field.ref}
      name={field.name}
      onBlur={field.onBlur}
      value={field.value || null}
      label={labels["request.operation"]}
      description={`Of ${operations.length} that the WSDL offers.`}
      placeholder="Type to search"
      data={isGone ? [field.value, ...operations] : operations}
      searchable
      allowDeselect={false}
      limit={300}
      maxDropdownHeight={320}
      nothingFoundMessage="No operation fits"
      error={error ?? (isGone ? "The WSDL has no such operation any more. Pick another one." : undefined)}
      onChange={(name) => name && onPick(name)}
    />
  );
}

/** What a SOAP call has besides its arguments. */
export function SoapCallFields() {
  const { register } = useFormContext<FormValues>();
  return (
    <Card title="Call">
      <div className="grid grid-cols-1 gap-4">
        <Checkbox
          {...register("request.safeToRepeat")}
          label={labels["request.safeToRepeat"]}
          description="When a Fault says that the token has expired, the call is sent once more with a fresh one. Leave it off for calls that must not happen twice."
        />
        <TextField
          name="request.soapHeaders"
          label={labels["request.soapHeaders"]}
          mono
          rows={{ min: 2, max: 16 }}
          description="Optional. XML of one or more elements for the header of the envelope, besides the transport's. May hold variables."
        />
      </div>
    </Card>
  );
}

/** The request of a transport without a WSDL: the whole envelope. */
export function RawEnvelopeFields({ address }: { address: string | null }) {
  const { register } = useFormContext<FormValues>();
  return (
    <Card
      title={labels.request}
      description={
        <>
          The whole envelope{address && <> that goes to {address}</>}. <ValueHint /> Each value is escaped for XML.
        </>
      }
    >
      <div className="grid grid-cols-1 gap-4">
        <TextField
          name="request.action"
          label={labels["request.action"]}
          mono
          description="Optional. What the service calls SOAPAction, or the action of SOAP 1.2."
        />
        <TextField name="request.envelope" label={labels["request.envelope"]} mono rows={{ min: 12, max: 40 }} />
        <Checkbox
          {...register("request.safeToRepeat")}
          label={labels["request.safeToRepeat"]}
          description="When a Fault says that the token has expired, the call is sent once more with a fresh one."
        />
      </div>
    </Card>
  );
}
