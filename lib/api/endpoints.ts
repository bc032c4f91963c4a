import type { Endpoint } from "./endpoint.ts";

/** Every operation of the REST API, in the order of the document. */
export const allEndpoints: readonly Endpoint[] = [];
