import { sortNames } from "#app/_ui/sort-names.ts";
import type { TransportType } from "#lib/delivery/transports/definition.ts";
import type { TransportDetail } from "#lib/delivery/transports/model.ts";

/** What a request is made of: method and path, an operation with arguments, or a whole envelope. */
export type RequestKind = "http" | "soap" | "raw";

/** What the form knows of a transport. */
export type KnownTransport = {
  id: string;
  type: TransportType;
  kind: RequestKind;
  /** Method and URL, or where envelopes go. */
  address: string | null;
  /** Operations of the chosen port; empty for HTTP and as long as there is no WSDL. */
  operations: string[];
};

/** What the form must know of a transport. */
export function toKnownTransport({ id, type, http, soap, wsdl }: TransportDetail): KnownTransport {
  const service = wsdl?.services.find(({ name }) => name === soap?.service);
  return {
    id,
    type,
    kind: type === "HTTP" ? "http" : soap?.raw ? "raw" : "soap",
    address: http ? `${http.method} ${http.url}` : (wsdl?.endpoint ?? (soap?.endpointUrl || null)),
    operations: sortNames(service?.ports.find(({ name }) => name === soap?.port)?.operations ?? []),
  };
}
