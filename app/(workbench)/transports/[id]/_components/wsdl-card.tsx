import { Badge } from "#app/_ui/badge.tsx";
import { Card } from "#app/_ui/card.tsx";
import { CopyButton } from "#app/_ui/copy-button.tsx";
import { formatBytes } from "#app/_ui/format-bytes.ts";
import { Instant } from "#app/_ui/instant.tsx";
import { KeyValue } from "#app/_ui/key-value.tsx";
import { Notice } from "#app/_ui/notice.tsx";
import type { ShownSoapSettings, WsdlSummary } from "#lib/delivery/transports/model.ts";
import { OmittedNotice } from "../../_components/omitted-notice.tsx";
import { OperationList } from "./operation-list.tsx";
import { ReloadWsdl } from "./reload-wsdl.tsx";

type Props = {
  transport: { id: string; name: string; nodeId: string };
  soap: ShownSoapSettings;
  wsdl: WsdlSummary;
  mayWrite: boolean;
  mayAddTrigger: boolean;
};

/** The WSDL of a transport as it was read last, what it offers, and Reload. */
export function WsdlCard({ transport, soap, wsdl, mayWrite, mayAddTrigger }: Props) {
  const { failure } = wsdl;
  const service = wsdl.services.find(({ name }) => name === soap.service);
  const port = service?.ports.find(({ name }) => name === soap.port);
  return (
    <Card
      title="WSDL"
      actions={mayWrite && <ReloadWsdl id={transport.id} name={transport.name} isUpload={wsdl.source === "upload"} />}
    >
      <div className="grid grid-cols-1 gap-4">
        {failure && (
          <Notice tone={wsdl.hash ? "warn" : "bad"} title={failure.message}>
            {failure.hint && <p className="m-0">{failure.hint}</p>}
            <p className="m-0 text-sm">
              Tried <Instant at={failure.at} show="relative" />.{" "}
              {wsdl.hash ? "Calls use the one that was read before." : ""}
            </p>
          </Notice>
        )}
        {wsdl.hash && !port && !soap.raw && (
          <Notice tone="bad" title={`The WSDL has no service ${soap.service} with the port ${soap.port}.`}>
            Edit the transport and choose from what it offers.
          </Notice>
        )}
        <KeyValue
          items={[
            // A URL stands in the configuration.
            ...(wsdl.source === "upload"
              ? [
                  {
                    label: "Uploaded",
                    value: <span className="wrap-anywhere">{wsdl.entry.replace(/^upload:/, "")}</span>,
                  },
                ]
              : []),
            {
              label: "Read",
              value: wsdl.readAt ? <Instant at={wsdl.readAt} /> : <span className="text-dimmed">never</span>,
              hint: wsdl.hash ? formatBytes(wsdl.bytes) : null,
            },
            ...(wsdl.hash
              ? [
                  {
                    label: "SHA-256",
                    value: (
                      <span className="inline-flex items-center gap-1">
                        <code title={wsdl.hash}>{wsdl.hash.slice(0, 16)}…</code>
                        <CopyButton value={wsdl.hash} label="Copy the hash of the WSDL" />
                      </span>
                    ),
                  },
                ]
              : []),
            {
              label: "Calls go to",
              value: wsdl.endpoint && <span className="wrap-anywhere">{wsdl.endpoint}</span>,
              hint: soap.endpointUrl === "" ? "As the WSDL says" : "Set on this transport",
            },
            { label: "Version", value: wsdl.soapVersion && <Badge tone="muted">SOAP {wsdl.soapVersion}</Badge> },
          ]}
        />
        {service?.omitted && <OmittedNotice omitted={service.omitted} />}
        {port && (
          <OperationList
            operations={port.operations}
            newTriggerHref={
              mayAddTrigger ? `/triggers/new?transportId=${transport.id}&nodeId=${transport.nodeId}` : null
            }
          />
        )}
      </div>
    </Card>
  );
}
