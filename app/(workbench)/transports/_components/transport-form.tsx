"use client";
import { Checkbox } from "@mantine/core";
import { Controller, FormProvider } from "react-hook-form";
import { ActionErrorAlert } from "#app/_ui/action-error.tsx";
import { Card } from "#app/_ui/card.tsx";
import { FormActions } from "#app/_ui/form-actions.tsx";
import { ChoiceField, NumberField, TextField } from "#app/_ui/form-fields.tsx";
import { formatDuration } from "#app/_ui/format-time.ts";
import { HeadersField } from "#app/_ui/headers-field.tsx";
import { ProxyFields } from "#app/_ui/proxy-fields.tsx";
import { type Option, SearchSelect } from "#app/_ui/search-select.tsx";
import { StaleNotice } from "#app/_ui/stale-notice.tsx";
import { UnsavedChangesGuard } from "#app/_ui/unsaved-changes-guard.tsx";
import type { AssignableCredential } from "#lib/credentials/model.ts";
import { httpMethods, type TransportDetail, transportTypes } from "#lib/transports/model.ts";
import { findPlaces } from "../actions.ts";
import { AuthorizationFields } from "./authorization-fields.tsx";
import { toFormValues, toInput } from "./form-values.ts";
import { useTransportForm } from "./use-transport-form.ts";
import { formatBytes, labels, typeWords } from "./words.ts";

type Props = {
  /** What is edited, null for a new one. */
  transport: TransportDetail | null;
  /** Where a new one goes, when that is known. */
  nodeId: string | null;
  /** Nodes to pick from at first. */
  places: Option[];
  credentials: AssignableCredential[];
};

/** Adds or edits a transport. */
export function TransportForm({ transport, nodeId, places, credentials }: Props) {
  const { form, submit, base, error, stale, ...edit } = useTransportForm({ transport, nodeId, credentials });
  const { control, watch, register, formState } = form;
  const type = watch("type");
  const stored = base?.authorization;

  return (
    <FormProvider {...form}>
      <form onSubmit={submit} noValidate className="grid max-w-3xl gap-5" aria-busy={edit.isSaving}>
        <UnsavedChangesGuard dirty={edit.isUnsaved} />
        <ActionErrorAlert error={error} />
        {stale && (
          <StaleNotice
            message={stale.message}
            changes={listChanges(stale, form.getValues())}
            onLoadTheirs={edit.loadTheirs}
            onKeepMine={edit.keepMine}
          />
        )}
        <Card title="Identity">
          <div className="grid gap-4">
            <TextField name="name" label={labels.name} description="Identifies this transport on its node." />
            <Controller
              name="nodeId"
              control={control}
              render={({ field, fieldState }) => (
                <SearchSelect
                  label={labels.nodeId}
                  description="Where it stands in the tree, which decides who may see and change it."
                  find={findPlaces}
                  initial={places}
                  value={field.value || null}
                  onChange={(id) => field.onChange(id ?? "")}
                  onBlur={field.onBlur}
                  ref={field.ref}
                  error={fieldState.error?.message}
                  nothingFound="No node fits on which you may change transports"
                />
              )}
            />
            <ChoiceField
              name="type"
              label={labels.type}
              options={transportTypes.map((value) => ({ value, label: typeWords[value] }))}
              description={type === "HTTP" ? "Requests over HTTP." : "SOAP web service, described by a WSDL."}
            />
          </div>
        </Card>
        {type === "HTTP" ? (
          <Card title="Service">
            <div className="grid gap-4">
              <TextField
                name="http.url"
                label={labels["http.url"]}
                mono
                description="Where the service is, such as https://orders.example.com/v1. A trigger's path is appended."
              />
              <ChoiceField
                name="http.method"
                label={labels["http.method"]}
                options={httpMethods.map((value) => ({ value, label: value }))}
              />
              <Controller
                name="http.headers"
                control={control}
                render={({ field }) => (
                  <HeadersField
                    label={labels["http.headers"]}
                    description="Sent with each request, unless the trigger has its own of that name. Authorization is set below."
                    value={field.value}
                    onChange={field.onChange}
                    errors={formState.errors.http?.headers as never}
                  />
                )}
              />
            </div>
          </Card>
        ) : (
          <Card title="Service">
            <div className="grid gap-4">
              <TextField
                name="soap.wsdlUrl"
                label={labels["soap.wsdlUrl"]}
                mono
                description="Where the WSDL is, such as https://erp.example.com/stock?wsdl."
              />
              <div className="grid items-start gap-4 sm:grid-cols-2">
                <TextField name="soap.service" label={labels["soap.service"]} mono description="As in the WSDL." />
                <TextField name="soap.port" label={labels["soap.port"]} mono description="As in the WSDL." />
              </div>
            </div>
          </Card>
        )}
        <Card title="Access">
          <AuthorizationFields
            credentials={credentials}
            passwordSetAt={stored?.kind === "basic" ? stored.passwordSetAt : null}
          />
        </Card>
        <Card title="Connection">
          <div className="grid gap-4">
            <div className="grid items-start gap-4 sm:grid-cols-3">
              <NumberField
                name="connectTimeoutMs"
                label={labels.connectTimeoutMs}
                description={inMilliseconds(watch("connectTimeoutMs"), "until connected")}
                step={1000}
              />
              <NumberField
                name="timeoutMs"
                label={labels.timeoutMs}
                description={inMilliseconds(watch("timeoutMs"), "the whole request")}
                step={1000}
              />
              <NumberField
                name="maxResponseBytes"
                label={labels.maxResponseBytes}
                description={`In bytes${suffix(Number(watch("maxResponseBytes")) >= 1024, formatBytes(Number(watch("maxResponseBytes"))))}.`}
                step={1024}
              />
            </div>
            <Checkbox
              {...register("followRedirects")}
              label={labels.followRedirects}
              description="Off: a redirect ends the run as an error. On: it is followed, but the Authorization goes to no other host."
            />
            <TextField
              name="trustedCa"
              label={labels.trustedCa}
              mono
              rows={{ min: 2, max: 10 }}
              placeholder="-----BEGIN CERTIFICATE-----"
              description="Optional. Certificates in PEM that are trusted besides the usual ones, for a service with a private CA."
            />
          </div>
        </Card>
        <Card
          title="Proxy"
          description="Optional. For the requests to the service; a credential has its own for tokens."
        >
          <ProxyFields passwordSetAt={base?.proxy.mode === "manual" ? base.proxy.passwordSetAt : null} />
        </Card>
        <Card>
          <TextField name="notes" label={labels.notes} rows={{ min: 2, max: 10 }} description="Optional." />
        </Card>
        <FormActions
          pending={edit.isSaving}
          cancelHref={transport ? `/transports/${transport.id}` : nodeId ? `/nodes/${nodeId}` : "/transports"}
        />
      </form>
    </FormProvider>
  );
}

function inMilliseconds(value: number | string, what: string): string {
  return `In ms, ${what}${suffix(Number(value) >= 1000, formatDuration(Number(value)))}.`;
}

function suffix(shows: boolean, text: string): string {
  return shows ? ` (${text})` : "";
}

type Stale = NonNullable<ReturnType<typeof useTransportForm>["stale"]>;

function listChanges({ before, current, changed }: Stale, mine: Parameters<typeof toInput>[0]) {
  const read = (values: Parameters<typeof toInput>[0]): Record<string, unknown> => toInput(values);
  const [was, theirs, here] = [read(toFormValues(before)), read(toFormValues(current)), read(mine)];
  return changed
    .filter((field) => field in was || field in theirs)
    .map((field) => ({
      label: (labels as Record<string, string>)[field] ?? field,
      before: was[field],
      theirs: theirs[field],
      here: here[field],
    }));
}
