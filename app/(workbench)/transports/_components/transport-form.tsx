"use client";
import { Checkbox } from "@mantine/core";
import { findProxies } from "#app/_shared/options/actions.ts";
import { AuthorityField } from "#app/_shared/options/authority-field.tsx";
import { Card } from "#app/_ui/card.tsx";
import { EditForm } from "#app/_ui/edit-form.tsx";
import { ChoiceField, NumberField, PickField, TextField } from "#app/_ui/form-fields.tsx";
import { formatBytes } from "#app/_ui/format-bytes.ts";
import { formatDuration } from "#app/_ui/format-time.ts";
import { KeyPairFields } from "#app/_ui/key-pair-fields.tsx";
import { listStaleChanges } from "#app/_ui/list-stale-changes.ts";
import { ProxyFields } from "#app/_ui/proxy-fields.tsx";
import type { Option } from "#app/_ui/search-select.tsx";
import { toOptions } from "#app/_ui/to-options.ts";
import type { Stale } from "#app/_ui/use-edit-form.ts";
import { transportLabels as labels, transportTypes } from "#lib/delivery/transports/definition.ts";
import type { TransportDetail } from "#lib/delivery/transports/model.ts";
import type { AssignableCredential } from "#lib/oauth/credentials/model.ts";
import { findPlaces } from "../actions.ts";
import { AuthorizationFields } from "./authorization-fields.tsx";
import { type FormValues, toFormValues, toInput } from "./form-values.ts";
import { HttpFields } from "./http-fields.tsx";
import { SoapFields } from "./soap-fields.tsx";
import { SoapHeaderFields } from "./soap-header-fields.tsx";
import { TokenExpiredFields } from "./token-expired-fields.tsx";
import { useTransportForm } from "./use-transport-form.ts";
import { typeWords } from "./words.ts";

type Props = {
  /** What is edited, null for a new one. */
  transport: TransportDetail | null;
  /** Where a new one goes, when that is known. */
  nodeId: string | null;
  /** Nodes to pick from at first. */
  places: Option[];
  credentials: AssignableCredential[];
  /** Whether the user can add hosts to those of credentials. */
  canAllowHosts: boolean;
};

/** Adds or edits a transport. */
export function TransportForm({ transport, nodeId, places, credentials, canAllowHosts }: Props) {
  const edit = useTransportForm({ transport, nodeId, credentials, canAllowHosts });
  const { watch, register } = edit.form;
  const stored = edit.base?.authorization;
  const [type, authorizationKind, hasSecurity] = watch(["type", "authorization.kind", "soap.security.isOn"]);
  const sendsSecret = authorizationKind !== "none" || (type === "WS_SOAP" && hasSecurity);

  return (
    <EditForm
      edit={edit}
      listChanges={listChanges}
      cancelHref={transport ? `/transports/${transport.id}` : nodeId ? `/nodes/${nodeId}` : "/transports"}
    >
      <Card title="Identity">
        <div className="grid gap-4">
          <TextField name="name" label={labels.name} description="Identifies this transport on its node." />
          <PickField
            name="nodeId"
            label={labels.nodeId}
            description="Where it stands in the tree, which decides who may see and change it."
            find={findPlaces}
            initial={places}
            nothingFound="No node fits on which you may change transports"
          />
          <ChoiceField
            name="type"
            label={labels.type}
            options={toOptions(typeWords, transportTypes)}
            description={type === "HTTP" ? "Requests over HTTP." : "SOAP web service, described by a WSDL."}
          />
        </div>
      </Card>
      {type === "HTTP" ? <HttpFields /> : <SoapFields transport={transport} />}
      <Card title="Access">
        <AuthorizationFields
          credentials={credentials}
          canAllowHosts={canAllowHosts}
          passwordSetAt={stored?.kind === "basic" ? stored.passwordSetAt : null}
        />
        {type === "WS_SOAP" && authorizationKind === "credential" && (
          <div className="mt-4">
            <TokenExpiredFields />
          </div>
        )}
      </Card>
      {type === "WS_SOAP" && <SoapHeaderFields passwordSetAt={edit.base?.soap?.security?.passwordSetAt ?? null} />}
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
          <AuthorityField stored={edit.base} />
          {sendsSecret && <p className="m-0 text-sm text-dimmed">{approvalHint}</p>}
          <TextField
            name="trustedCa"
            label={labels.trustedCa}
            mono
            rows={{ min: 2, max: 10 }}
            placeholder="-----BEGIN CERTIFICATE-----"
            description="Optional. Certificates in PEM that only this transport trusts in addition."
          />
        </div>
      </Card>
      <Card
        title="Client certificate"
        description="Optional. For a service that asks who calls in TLS (mutual TLS), beside the authorization above."
      >
        <div className="grid gap-4">
          <Checkbox {...register("clientCertificate.isUsed")} label="Show a client certificate" />
          {watch("clientCertificate.isUsed") && (
            <KeyPairFields
              prefix="clientCertificate."
              setAt={edit.base?.clientCertificate?.privateKeySetAt ?? null}
              certificateDescription="PEM. The one that the service knows; certificates of its issuers may follow it."
            />
          )}
        </div>
      </Card>
      <Card
        title="Proxy"
        description={`Optional. For the requests to the service; a credential has its own for tokens.${sendsSecret ? ` ${approvalHint}` : ""}`}
      >
        <ProxyFields stored={edit.base?.proxy ?? null} find={findProxies} />
      </Card>
      <Card>
        <TextField name="notes" label={labels.notes} rows={{ min: 2, max: 10 }} description="Optional." />
      </Card>
    </EditForm>
  );
}

const approvalHint =
  "This transport sends a token or password, so only an admin can save it with its own proxy or trusted CA. Anyone can select named ones.";

function inMilliseconds(value: number | string, what: string): string {
  return `In ms, ${what}${suffix(Number(value) >= 1000, formatDuration(Number(value)))}.`;
}

function suffix(shows: boolean, text: string): string {
  return shows ? ` (${text})` : "";
}

function listChanges({ before, current, changed }: Stale<TransportDetail>, mine: FormValues) {
  const read = (values: FormValues) => ({ ...toInput(values), clientCertificate: certificateOf(values) });
  const all = { before: read(toFormValues(before)), theirs: read(toFormValues(current)), mine: read(mine) };
  return listStaleChanges(changed, all, labels);
}

/** What may be shown of a client certificate: never its key. */
function certificateOf({ clientCertificate: { isUsed, pkcs12, certificate } }: FormValues): string | null {
  if (!isUsed) return null;
  return pkcs12 === "" ? certificate : "A PKCS #12 file";
}
