"use client";
import { Button, NativeSelect } from "@mantine/core";
import { DownloadIcon } from "lucide-react";
import { useController, useFormContext } from "react-hook-form";
import { ActionErrorAlert } from "#app/_ui/action-error.tsx";
import { Card } from "#app/_ui/card.tsx";
import { ChoiceField, Remark, TextField, useFieldError } from "#app/_ui/form-fields.tsx";
import { toOptions } from "#app/_ui/to-options.ts";
import { soapVersions } from "#lib/delivery/soap/model.ts";
import { transportLabels as labels } from "#lib/delivery/transports/definition.ts";
import type { TransportDetail } from "#lib/delivery/transports/model.ts";
import type { FormValues } from "./form-values.ts";
import { OmittedNotice } from "./omitted-notice.tsx";
import { wsdlChoices } from "./soap-values.ts";
import { useWsdl } from "./use-wsdl.ts";
import { wsdlSourceWords } from "./words.ts";
import { WsdlUpload } from "./wsdl-upload.tsx";

/** Where a SOAP service is: its WSDL, what was chosen in it, and another address for the calls. */
export function SoapFields({ transport }: { transport: TransportDetail | null }) {
  const source = useFormContext<FormValues>().watch("soap.source");
  const wsdl = useWsdl(transport);
  return (
    <Card title="Service">
      <div className="grid grid-cols-1 gap-4">
        <ChoiceField
          name="soap.source"
          label="WSDL"
          options={toOptions(wsdlSourceWords, wsdlChoices)}
          description={
            source === "raw"
              ? "For a service without a usable WSDL: each trigger brings the whole envelope."
              : "Describes the service. It is kept here, so that runs never wait for it."
          }
        />
        {source === "raw" ? (
          <>
            <TextField
              name="soap.endpointUrl"
              label={labels["soap.endpointUrl"]}
              mono
              description="Where the envelopes are sent."
            />
            <ChoiceField
              name="soap.soapVersion"
              label={labels["soap.soapVersion"]}
              options={soapVersions.map((value) => ({ value, label: `SOAP ${value}` }))}
              description="Decides the media type and where the action stands."
            />
          </>
        ) : (
          <>
            {source === "url" ? <WsdlUrlField wsdl={wsdl} /> : <UploadFields transport={transport} wsdl={wsdl} />}
            <div role="status" className="text-sm text-dimmed empty:hidden">
              {wsdl.isLoading ? "Reading the WSDL…" : wsdl.said}
            </div>
            <div className="empty:hidden">
              <ActionErrorAlert error={wsdl.error} />
            </div>
            <PortFields wsdl={wsdl} />
          </>
        )}
      </div>
    </Card>
  );
}

type WsdlProps = { wsdl: ReturnType<typeof useWsdl> };

function LoadButton({ wsdl, label }: WsdlProps & { label: string }) {
  return (
    <Button
      variant="default"
      leftSection={<DownloadIcon size={16} aria-hidden />}
      loading={wsdl.isLoading}
      loaderProps={{ "aria-hidden": true }}
      onClick={wsdl.load}
    >
      {label}
    </Button>
  );
}

function WsdlUrlField({ wsdl }: WsdlProps) {
  return (
    <div className="flex flex-wrap items-start gap-3">
      <div className="min-w-56 grow">
        <TextField
          name="soap.wsdlUrl"
          label={labels["soap.wsdlUrl"]}
          mono
          placeholder="https://erp.example.com/stock?wsdl"
          description="Read over the same road as the calls: proxy, TLS and Authorization below."
        />
      </div>
      {/* Level with the input, below its label and description. */}
      <div className="sm:pt-[2.65rem]">
        <LoadButton wsdl={wsdl} label="Load" />
      </div>
    </div>
  );
}

function UploadFields({ transport, wsdl }: WsdlProps & { transport: TransportDetail | null }) {
  const files = useFormContext<FormValues>().watch("soap.documents");
  const entry = transport?.wsdl?.entry ?? "";
  return (
    <div className="grid grid-cols-1 gap-3">
      <WsdlUpload
        storedName={entry.startsWith("upload:") ? entry.slice("upload:".length) : null}
        onFiles={() => undefined}
      />
      {files.length > 0 && (
        <div>
          <LoadButton wsdl={wsdl} label="Load" />
        </div>
      )}
    </div>
  );
}

/** Service, port, and another address; picked from what the WSDL offers, typed as long as that isn't known. */
function PortFields({ wsdl }: WsdlProps) {
  const [service, port] = useFormContext<FormValues>().watch(["soap.service", "soap.port"]);
  const offered = wsdl.services.find(({ name }) => name === service);
  const chosen = offered?.ports.find(({ name }) => name === port);
  return (
    <>
      <div className="grid grid-cols-1 items-start gap-4 sm:grid-cols-2">
        {wsdl.services.length > 0 ? (
          <OfferedPort wsdl={wsdl} />
        ) : (
          <>
            <TextField
              name="soap.service"
              label={labels["soap.service"]}
              mono
              description="As in the WSDL. Load it to choose."
            />
            <TextField name="soap.port" label={labels["soap.port"]} mono description="As in the WSDL." />
          </>
        )}
      </div>
      {chosen && (
        <Remark>
          SOAP {chosen.soapVersion}, {chosen.operations.length}{" "}
          {chosen.operations.length === 1 ? "operation" : "operations"},{" "}
          {chosen.address ? <span className="wrap-anywhere">at {chosen.address}</span> : "without an address"}
        </Remark>
      )}
      {offered?.omitted && <OmittedNotice omitted={offered.omitted} />}
      <TextField
        name="soap.endpointUrl"
        label={labels["soap.endpointUrl"]}
        mono
        placeholder={chosen?.address ?? undefined}
        description="Optional. Where calls go instead of the address in the WSDL."
      />
    </>
  );
}

function OfferedPort({ wsdl }: WsdlProps) {
  const service = useController<FormValues, "soap.service">({ name: "soap.service" }).field;
  const port = useController<FormValues, "soap.port">({ name: "soap.port" }).field;
  const [serviceError, portError] = [useFieldError("soap.service"), useFieldError("soap.port")];
  const offered = wsdl.services.find(({ name }) => name === service.value);
  return (
    <>
      <NativeSelect
        label={labels["soap.service"]}
        data={withCurrent(
          wsdl.services.map(({ name }) => ({ value: name, label: name })),
          service.value,
        )}
        {...service}
        error={serviceError}
        onChange={(event) => wsdl.choosePort(event.currentTarget.value, port.value)}
      />
      <NativeSelect
        label={labels["soap.port"]}
        data={withCurrent(
          (offered?.ports ?? []).map(({ name, soapVersion }) => ({
            value: name,
            label: `${name} (SOAP ${soapVersion})`,
          })),
          port.value,
        )}
        {...port}
        error={portError}
        onChange={(event) => wsdl.choosePort(service.value, event.currentTarget.value)}
      />
    </>
  );
}

/** What stands in the form is shown even where the WSDL has it no more. */
function withCurrent(options: { value: string; label: string }[], value: string) {
  if (options.some((option) => option.value === value)) return options;
  return [{ value, label: value === "" ? "Pick one" : `${value} (not in the WSDL)` }, ...options];
}
