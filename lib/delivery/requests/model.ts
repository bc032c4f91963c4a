import type { EnteredValue, ShownValue, StoredValue } from "#lib/platform/header-values/secret-values.ts";

/** A query parameter; names can repeat, and the order is kept. */
type QueryParameter = { name: string; value: string };

/** The request of an HTTP trigger; path, query values, header values and body are templates (`{{variables.id}}`). */
export type HttpRequestTemplate<H extends EnteredValue = EnteredValue> = {
  path: string;
  query: QueryParameter[];
  headers: H[];
  body: string;
};

/**
 * The request of a WS_SOAP trigger; every text in it is a template. A text of `arguments` that is nothing but one output
 * (`{{variables.lines}}`) becomes the value itself, so a variable may be a list or an object.
 */
export type SoapRequestTemplate = {
  /** Of the transport's port; empty with a raw envelope. */
  operation: string;
  arguments: Record<string, unknown>;
  /** Header blocks of this call, after those of the transport: XML of any number of elements. */
  headers?: string;
  /** Whether the call may be sent twice: a Fault that tells of an expired token is answered with a second call then. */
  safeToRepeat?: boolean;
  /** A whole envelope, for a transport of raw envelopes. */
  envelope?: string;
  /** SOAPAction of a raw envelope. */
  action?: string;
};

/** The query of a stored request as a list: older rows have an object. */
export function listParameters(query: QueryParameter[] | Record<string, string>): QueryParameter[] {
  return Array.isArray(query) ? query : Object.entries(query).map(([name, value]) => ({ name, value }));
}

export type RequestTemplate = HttpRequestTemplate | SoapRequestTemplate;
/** As the table holds it: the values of secret headers are sealed. */
export type StoredRequest = HttpRequestTemplate<StoredValue> | SoapRequestTemplate;
/** As people see it. */
export type ShownRequest = HttpRequestTemplate<ShownValue> | SoapRequestTemplate;

/** Whether a request is the one of a WS_SOAP trigger. */
export function isSoapRequest(request: RequestTemplate): request is SoapRequestTemplate {
  return "operation" in request;
}
