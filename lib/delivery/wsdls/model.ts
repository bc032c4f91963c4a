import type { WsdlChange } from "#lib/delivery/soap/diff.ts";
import type { ServiceDescription } from "#lib/delivery/soap/model.ts";
import type { WsdlSource } from "#lib/delivery/transports/model.ts";

/** A document of a WSDL, without its text. `location` is its URL, or `upload:` and the file's name. */
export type WsdlDocumentSummary = { location: string; bytes: number };

/** A WSDL that was read and is not stored: what a form shows before its transport is saved. */
export type WsdlPreview = {
  source: WsdlSource;
  /** The WSDL first, then what it imports. */
  documents: WsdlDocumentSummary[];
  hash: string;
  bytes: number;
  services: ServiceDescription[];
};

/** A trigger that does not fit a WSDL, and where its request does not. `path` as in `order.lines[2].price`; empty = the operation. */
export type BrokenTrigger = {
  id: string;
  name: string;
  nodeId: string;
  problems: { path: string; message: string }[];
};

/** What reading a transport's WSDL again brought. */
export type WsdlReload = {
  /** False when it is the one that is stored. */
  changed: boolean;
  /** Whether it is stored now. */
  applied: boolean;
  /** Null when there was none before. */
  hashBefore: string | null;
  /** Send it as `expectedHash` to store just this one. */
  hash: string;
  documents: WsdlDocumentSummary[];
  bytes: number;
  services: ServiceDescription[];
  changes: WsdlChange[];
  /** Triggers of the transport that do not fit the new WSDL, whether or not they fitted the old one. */
  brokenTriggers: BrokenTrigger[];
};

/** What the WSDL of a transport offers, and what the transport uses of it. */
export type TransportOperations = {
  service: string;
  port: string;
  services: ServiceDescription[];
};
