/** Where a WSDL comes from. */
export const wsdlSources = ["url", "upload"] as const;
export type WsdlSource = (typeof wsdlSources)[number];

export const soapVersions = ["1.1", "1.2"] as const;
export type SoapVersion = (typeof soapVersions)[number];

/** A service of a WSDL with its SOAP ports. `address` is null when the WSDL names none. */
export type StoredService = {
  name: string;
  ports: { name: string; address: string | null; soapVersion: SoapVersion; operations: string[] }[];
};

/** Why a WSDL could not be read. `at` is an ISO string. */
export type WsdlFailure = { code: string; message: string; hint: string | null; at: string };

/** The WSDL of a transport as people see it. */
export type WsdlSummary = {
  source: WsdlSource;
  /** The first document: its URL, or `upload:` and the file's name. */
  entry: string;
  /** SHA-256 in hex; null as long as the WSDL could not be read. */
  hash: string | null;
  /** Of all documents together. */
  bytes: number;
  readAt: string | null;
  failure: WsdlFailure | null;
  /** Where calls go: the transport's endpoint URL, or else the address of its port in the WSDL; null when neither is known. */
  endpoint: string | null;
  /** Of the chosen port; null while the WSDL does not tell. */
  soapVersion: SoapVersion | null;
  services: StoredService[];
};
