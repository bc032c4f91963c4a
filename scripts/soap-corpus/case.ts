import type { OperationRef } from "#lib/delivery/soap/model.ts";

/** A small WSDL modeled on public ones, a request, and a response. Envelopes use the prefixes of `soap` (scripts/small-wsdl.ts). */
export type CorpusCase = {
  wsdl: string;
  /** Documents that the WSDL imports, by name. */
  documents?: Record<string, string>;
  /** If it isn't `op` of the port `p` of the service `s`. */
  ref?: Partial<OperationRef>;
  arguments: Record<string, unknown>;
  /** The envelope of the arguments. */
  request: string;
  /** What is sent with WS-Addressing. */
  addressing?: { to: string; messageId: string };
  /** What the service returns: an envelope, or a multipart message. Null if the operation is one-way. */
  response: string | { contentType: string; body: string } | null;
  /** The data that the response means. */
  data: unknown;
  /** Schemas that the WSDL only implies: the wrappers of rpc, and headers of other specifications. */
  implied?: string[];
  /** Why libxml2 can't validate the envelopes. */
  unchecked?: string;
};
