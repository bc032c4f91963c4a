import type { Header } from "../transports/model.ts";

/** What fires a trigger. */
export type TriggerEvent =
  | { kind: "on_demand" }
  | { kind: "schedule"; cron: string; timezone: string }
  | { kind: "webhook"; slug: string };

/** The request of an HTTP trigger; every string is a template (`{{variables.id}}`). */
export type HttpRequestTemplate = {
  path: string;
  query: Record<string, string>;
  headers: Header[];
  body: string;
};

/** The request of a WS_SOAP trigger. */
export type SoapRequestTemplate = { operation: string; arguments: Record<string, unknown> };

export type RequestTemplate = HttpRequestTemplate | SoapRequestTemplate;
