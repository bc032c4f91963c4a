import type { SoapVersion } from "#lib/delivery/soap/model.ts";
import { soapDefaults } from "#lib/delivery/transports/definition.ts";
import type { ShownSoapSettings } from "#lib/delivery/transports/model.ts";
import type { TransportFormValues } from "#lib/delivery/transports/schema.ts";

/** Where the WSDL comes from; `raw`: triggers bring whole envelopes and there is none. */
export const wsdlChoices = ["url", "upload", "raw"] as const;

/** A file of an uploaded WSDL. */
export type UploadedFile = { name: string; text: string };

/** What the fields of a WS_SOAP transport hold. */
export type SoapValues = {
  source: (typeof wsdlChoices)[number];
  wsdlUrl: string;
  /** The WSDL first; empty = the stored ones are kept. */
  documents: UploadedFile[];
  service: string;
  port: string;
  endpointUrl: string;
  soapVersion: SoapVersion;
  security: {
    isOn: boolean;
    username: string;
    /** undefined = the stored one is kept. */
    password: string | undefined;
    passwordType: "text" | "digest";
    mustUnderstand: boolean;
    addTimestamp: boolean;
  };
  addressing: boolean;
  headers: string;
  /** One on each line. */
  tokenExpired: { faultCodes: string; bodyContains: string };
};

/** The fields of a new WS_SOAP transport. */
export const emptySoap: SoapValues = {
  source: "url",
  wsdlUrl: "",
  documents: [],
  service: "",
  port: "",
  endpointUrl: soapDefaults.endpointUrl,
  soapVersion: soapDefaults.soapVersion,
  security: {
    isOn: false,
    username: "",
    password: "",
    passwordType: "text",
    mustUnderstand: true,
    addTimestamp: false,
  },
  addressing: soapDefaults.addressing,
  headers: soapDefaults.headers,
  tokenExpired: writeRule(soapDefaults.tokenExpired),
};

/** The fields of a stored one. */
export function toSoapValues(soap: ShownSoapSettings): SoapValues {
  const { security, raw, tokenExpired, ...same } = soap;
  return {
    ...same,
    source: raw ? "raw" : soap.wsdlUrl === "" ? "upload" : "url",
    documents: [],
    security: security
      ? { ...security, isOn: true, password: security.passwordSetAt ? undefined : "" }
      : emptySoap.security,
    tokenExpired: writeRule(tokenExpired),
  };
}

/** The fields as the schema takes them. */
export function toSoapInput(values: SoapValues): Extract<TransportFormValues, { type: "WS_SOAP" }>["soap"] {
  const { source, documents, security, tokenExpired } = values;
  return {
    wsdlUrl: source === "url" ? values.wsdlUrl : "",
    ...(source === "upload" && documents.length > 0 && { documents }),
    service: source === "raw" ? "" : values.service,
    port: source === "raw" ? "" : values.port,
    endpointUrl: values.endpointUrl,
    raw: source === "raw",
    soapVersion: values.soapVersion,
    security: security.isOn
      ? {
          username: security.username,
          password: security.password === "" ? null : security.password,
          passwordType: security.passwordType,
          mustUnderstand: security.mustUnderstand,
          addTimestamp: security.addTimestamp,
        }
      : null,
    addressing: source !== "raw" && values.addressing,
    headers: source === "raw" ? "" : values.headers,
    tokenExpired: {
      faultCodes: readLines(tokenExpired.faultCodes),
      bodyContains: readLines(tokenExpired.bodyContains),
    },
  };
}

function writeRule(rule: { faultCodes: string[]; bodyContains: string[] }): SoapValues["tokenExpired"] {
  return { faultCodes: rule.faultCodes.join("\n"), bodyContains: rule.bodyContains.join("\n") };
}

function readLines(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
