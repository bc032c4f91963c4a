import type { QName } from "./names.ts";

// The one model that forms, validation, building and reading share, so that they can't disagree. It is plain data: what a browser
// is told of an operation is a part of it.

/** A document of a WSDL. `location` is its absolute URL, or `upload:` and the file's name. */
/** `base` is where it was read from in the end, if that isn't `location`: what it imports is relative to that. */
export type WsdlDocument = { location: string; text: string; base?: string };

export const soapVersions = ["1.1", "1.2"] as const;
export type SoapVersion = (typeof soapVersions)[number];

/** Restrictions of a simple type (XML Schema part 2, section 4.3). */
export type Facets = {
  /** Each entry is one derivation step; a value must fit one pattern of each. */
  patterns?: string[][];
  minLength?: number;
  maxLength?: number;
  length?: number;
  minInclusive?: string;
  maxInclusive?: string;
  minExclusive?: string;
  maxExclusive?: string;
  totalDigits?: number;
  fractionDigits?: number;
  whiteSpace?: string;
};

/** A simple type. `base` is the local name of the built-in type that it comes from (`decimal`, `date` …). */
export type SimpleType = {
  kind: "simple";
  base: string;
  enumeration?: string[];
  facets?: Facets;
  /** The type of the items of a list. */
  listOf?: QName;
  /** The types of a union. */
  unionOf?: QName[];
  /** The type that this one restricts. */
  derivedFrom?: QName;
  documentation?: string;
};

export type AttributeNode = {
  name: string;
  namespace: string;
  type: QName;
  required: boolean;
  default?: string;
  fixed?: string;
  documentation?: string;
};

/** How often something may occur; `max` null = without a limit. */
type Occurs = { min: number; max: number | null };

export type ElementNode = Occurs & {
  kind: "element";
  name: string;
  /** Empty for an unqualified element. */
  namespace: string;
  /** Key of `types`. */
  type: QName;
  nillable?: boolean;
  default?: string;
  fixed?: string;
  documentation?: string;
};

export type GroupNode = Occurs & { kind: "sequence" | "choice" | "all"; items: Particle[] };

/** Any element; its XML is the value of `#any`. */
export type AnyNode = Occurs & { kind: "any" };

/** A reference to a group that is not expanded since it holds itself. */
export type Particle = ElementNode | GroupNode | AnyNode;

export type ComplexType = {
  kind: "complex";
  content: GroupNode | null;
  /** Type of the text (`#text`) of a type with simple content. */
  text?: QName;
  attributes: AttributeNode[];
  anyAttribute?: boolean;
  mixed?: boolean;
  abstract?: boolean;
  /** The type that this one extends or restricts. */
  derivedFrom?: QName;
  /** A SOAP-encoded array (SOAP 1.1 section 5.4.2): the type of its items, which are the elements `item`. */
  arrayOf?: QName;
  /** How many dimensions that array has, if it's more than one. */
  arrayRank?: number;
  documentation?: string;
};

export type TypeNode = SimpleType | ComplexType;

/** Types by name; types without a name have one that can't be written (`#1`). */
export type Types = Record<QName, TypeNode>;

/** What a Body holds. Document style has one element; rpc has parts in a wrapper that is named after the operation. */
export type MessageBody = {
  /** Element of the Body: of document style or the wrapper of rpc; null for an empty body. */
  element: { name: string; namespace: string } | null;
  /** Whether the arguments are the members of that element (wrapped document style, and rpc) or the element itself (bare). */
  wrapped: boolean;
  /** What the arguments are, as a group. */
  content: GroupNode;
  /** Attributes of the wrapper, wrapped document style only. */
  attributes: AttributeNode[];
  /** Whether the wrapper can have any other attributes, wrapped document style only. */
  anyAttribute?: boolean;
  /** The type of the wrapper, wrapped document style only: the arguments can name a derived one. */
  type?: QName;
};

export type OperationNode = {
  name: string;
  documentation: string | null;
  style: "document" | "rpc";
  use: "literal" | "encoded";
  soapAction: string;
  /** Action of WS-Addressing, for input. */
  addressingAction: string;
  input: MessageBody;
  /** Null for a one-way operation. */
  output: MessageBody | null;
  faults: { name: string; element: QName | null }[];
  /** Header blocks that the binding describes for requests and responses. */
  headers: { input: ElementNode[]; output: ElementNode[] };
};

export type PortNode = {
  name: string;
  address: string | null;
  soapVersion: SoapVersion;
  operations: Record<string, OperationNode>;
};

export const omissionKinds = ["port", "operation", "response", "header", "member", "document"] as const;
/** What a WSDL describes and Sallyport can't use, and why. `name` is `Port`, `Port/Operation`, a type and its member, or a URL. */
export type Omission = { what: (typeof omissionKinds)[number]; name: string; reason: string };

export type ServiceNode = { name: string; documentation: string | null; ports: PortNode[]; omitted: Omission[] };

export type Wsdl = { services: ServiceNode[]; types: Types; elements: Record<QName, ElementNode> };

/** Which operation is meant. */
export type OperationRef = { service: string; port: string; operation: string };

/** A service with its SOAP ports. `address` is null when the WSDL names none. */
export type ServiceDescription = {
  name: string;
  ports: { name: string; address: string | null; soapVersion: SoapVersion; operations: string[] }[];
  /** What is left out because of something undefined or invalid; absent if it's nothing. */
  omitted?: Omission[];
};

/** One operation with all types that it needs, for a form in the browser. */
export type OperationDescription = OperationNode & {
  service: string;
  port: string;
  soapVersion: SoapVersion;
  types: Types;
  /** Arguments to begin with: what is required, with values that fit. */
  exampleArguments: Record<string, unknown>;
};

/** Where arguments do not fit: `order.lines[2].price`. */
export type ArgumentProblem = { path: string; message: string };

/** A Fault (SOAP 1.1 section 4.4, SOAP 1.2 part 1 section 5.4). */
export type SoapFault = {
  code: string;
  subcodes: string[];
  reason: string;
  actor: string | null;
  detail: string | null;
  detailJson: unknown;
};

/** What an answer says. */
export type SoapReading = {
  /** Whether there was an envelope. */
  envelope: boolean;
  fault: SoapFault | null;
  /** The content of the Body as data. */
  json: unknown;
  /** The header blocks as data, null if there are none. */
  headers: unknown;
  /** The envelope. */
  xml: string | null;
  attachments: { contentId: string | null; contentType: string; bytes: number }[];
  /** Why it could not be understood, as a sentence; null when it could. */
  problem: string | null;
};

/** An envelope ready to be sent. */
export type BuiltEnvelope = { body: string; contentType: string; headers: [string, string][] };
