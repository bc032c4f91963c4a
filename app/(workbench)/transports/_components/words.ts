import { transportFields } from "#lib/delivery/transports/definition.ts";
import { wordsOf } from "#lib/platform/definitions/field.ts";

export const typeWords = wordsOf(transportFields.type);

/** Where the WSDL of a transport comes from. */
export const wsdlSourceWords = {
  url: "From a URL",
  upload: "Uploaded files",
  raw: "None: raw envelopes",
} as const;

export const authorizationWords = { none: "None", basic: "Basic", credential: "Credential" } as const;
