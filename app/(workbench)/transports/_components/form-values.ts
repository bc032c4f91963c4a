import type { z } from "zod";
import { emptyKeyPair, type KeyPairValues, toKeyPairInput } from "#app/_ui/key-pair-values.ts";
import { emptyProxy, type ProxyValues, toProxyInput, toProxyValues } from "#app/_ui/proxy-fields.tsx";
import { type HttpMethod, plainFields } from "#lib/delivery/transports/definition.ts";
import type { TransportDetail } from "#lib/delivery/transports/model.ts";
import type { TransportFormValues, transportUpdate } from "#lib/delivery/transports/schema.ts";
import { blankForm, type FormOf, listChanged, toForm, toSent } from "#lib/platform/definitions/form.ts";
import type { EnteredValue } from "#lib/platform/header-values/secret-values.ts";
import { emptySoap, type SoapValues, toSoapInput, toSoapValues } from "./soap-values.ts";

/** What the form's fields hold, those of the other type and authorization too. */
export type FormValues = Omit<FormOf<typeof plainFields>, "connectTimeoutMs" | "timeoutMs" | "maxResponseBytes"> & {
  http: { url: string; method: HttpMethod; headers: EnteredValue[] };
  soap: SoapValues;
  authorization: {
    kind: "none" | "basic" | "credential";
    username: string;
    /** undefined = the stored one is kept. */
    password: string | undefined;
    credentialId: string;
  };
  /** Hosts that were confirmed for the credential's token. */
  allowHosts: string[];
  /** Where the WSDL says that calls go, as far as it's known. */
  wsdlAddress: string;
  proxy: ProxyValues;
  // A cleared number is "", which the schema calls by its name.
  connectTimeoutMs: number | string;
  timeoutMs: number | string;
  maxResponseBytes: number | string;
  clientCertificate: KeyPairValues & { isUsed: boolean };
};

/** The fields of a new transport. */
export function emptyValues(nodeId: string | null): FormValues {
  return {
    ...blankForm(plainFields),
    nodeId: nodeId ?? "",
    type: "HTTP",
    http: { url: "", method: "GET", headers: [] },
    soap: emptySoap,
    authorization: { kind: "none", username: "", password: "", credentialId: "" },
    allowHosts: [],
    wsdlAddress: "",
    proxy: emptyProxy,
    clientCertificate: { ...emptyKeyPair, isUsed: false },
  };
}

/** The fields of a stored transport. */
export function toFormValues(transport: TransportDetail): FormValues {
  const empty = emptyValues(null);
  const { authorization } = transport;
  return {
    ...toForm(plainFields, transport),
    http: transport.http ?? empty.http,
    soap: transport.soap ? toSoapValues(transport.soap) : empty.soap,
    authorization: {
      kind: authorization.kind,
      username: authorization.kind === "basic" ? authorization.username : "",
      password: authorization.kind === "basic" && authorization.passwordSetAt ? undefined : "",
      credentialId: authorization.kind === "credential" ? authorization.credentialId : "",
    },
    allowHosts: [],
    wsdlAddress: (transport.soap && !transport.soap.endpointUrl && transport.wsdl?.endpoint) || "",
    proxy: toProxyValues(transport.proxy),
    clientCertificate: transport.clientCertificate
      ? { ...emptyKeyPair, isUsed: true, privateKey: undefined, certificate: transport.clientCertificate.certificate }
      : empty.clientCertificate,
  };
}

/** The fields as the schema takes them. */
export function toInput(values: FormValues): TransportFormValues {
  const { type, ...plain } = toSent(plainFields, values);
  const common = {
    ...plain,
    authorization: toAuthorization(values.authorization),
    allowHosts: values.allowHosts,
    proxy: toProxyInput(values.proxy),
    clientCertificate: toClientCertificate(values.clientCertificate),
  };
  if (type === "WS_SOAP") return { ...common, type, soap: toSoapInput(values.soap) };
  return { ...common, type, http: values.http };
}

function toClientCertificate({ isUsed, ...pair }: FormValues["clientCertificate"]) {
  return isUsed ? toKeyPairInput(pair) : null;
}

function toAuthorization({ kind, username, password, credentialId }: FormValues["authorization"]) {
  if (kind === "basic") return { kind, username, password: password === "" ? null : password };
  if (kind === "credential") return { kind, credentialId };
  return { kind };
}

/** What of the form differs from what it started with, for an edit. Hosts are allowed only as they were confirmed. */
export function toUpdate(values: FormValues, from: FormValues, version: number): z.input<typeof transportUpdate> {
  return { ...listChanged(toInput(values), toInput(from)), allowHosts: values.allowHosts, version };
}

/** The URLs that the credential's token goes to. */
export function listTokenUrls({ type, http, soap, wsdlAddress }: FormValues): string[] {
  if (type === "HTTP") return [http.url];
  const calls = soap.endpointUrl || (soap.source === "raw" ? "" : wsdlAddress);
  return soap.source === "url" ? [soap.wsdlUrl, calls] : [calls];
}
