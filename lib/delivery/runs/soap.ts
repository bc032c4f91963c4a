import { randomBytes } from "node:crypto";
import { v4 } from "uuid";
import type { LimitedReading } from "#lib/delivery/soap/limit-reading.ts";
import type { BuiltEnvelope, Wsdl } from "#lib/delivery/soap/model.ts";
import { buildCall, readUntrusted, wrapUntrusted } from "#lib/delivery/soap/untrusted.ts";
import { requireDestination } from "#lib/delivery/transports/destinations.ts";
import type { SoapPlan, TransportPlan } from "#lib/delivery/transports/plan.ts";
import type { HttpAnswer } from "#lib/delivery/transports/send.ts";
import { openSecret } from "#lib/platform/crypto/envelope.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import type { RunRequest } from "./model.ts";

/** What a run over a WS_SOAP transport calls, its templates rendered. Holds no secret. */
export type SoapCall = {
  /** Null for a raw envelope. */
  operation: string | null;
  arguments: Record<string, unknown>;
  /** Header blocks as XML. */
  headers: string;
  /** A raw envelope, else null. */
  envelope: string | null;
  /** SOAPAction of a raw envelope. */
  action: string;
  /** Whether it may be sent again after a Fault. */
  safeToRepeat: boolean;
};

/** What a run needs to build a call and to understand its answer; `wsdl` is null for a raw envelope. */
export type SoapOrder = { call: SoapCall; wsdl: Wsdl | null };

/** A call ready to be sent but for the Authorization, and the secrets that are in it. */
export type BuiltCall = { request: RunRequest; action: string | null; secrets: string[] };

/** Where a call goes; what a receipt shows of one that could not be built. */
export function startSoapRequest(soap: SoapPlan): RunRequest {
  return { method: "POST", url: soap.endpoint ?? "", headers: [], body: null };
}

/**
 * Builds the envelope of a call, without a promise unless it's large. Each attempt gets its own: nonce, times and message id must not be
 * sent twice.
 * @param token takes the place of `{{token}}` in the header blocks; null leaves it as it is, for a preview.
 * @param limitMs after which the work is stopped.
 * @throws AppError `transport_unusable`, `invalid_input` (arguments), `secret_unreadable`, `host_not_allowed`, `route_not_approved`
 */
export function buildSoapRequest(
  order: SoapOrder,
  transport: TransportPlan,
  now: Date,
  token: string | null = null,
  limitMs?: number,
): BuiltCall | Promise<BuiltCall> {
  const soap = transport.soap!;
  const password = openWssePassword(transport);
  const headers = insertToken(order.call.headers, transport, soap.settings.headers, token);
  const toCall = (built: BuiltEnvelope): BuiltCall => ({
    request: {
      method: "POST",
      url: soap.endpoint ?? "",
      headers: [["content-type", built.contentType], ...built.headers],
      body: built.body,
    },
    action: readAction(built),
    secrets: [password, token && escapeText(token)].filter((each): each is string => Boolean(each)),
  });
  const given = build({ ...order, call: { ...order.call, headers } }, soap, password, now, limitMs);
  return given instanceof Promise ? given.then(toCall) : toCall(given);
}

const tokenTemplate = /\{\{\s*token\s*\}\}/g;
const escapeText = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");

/** Puts the token into the transport's own header blocks, where services such as Salesforce's require it. */
function insertToken(headers: string, { authorization }: TransportPlan, own: string, token: string | null): string {
  if (own.search(tokenTemplate) === -1) return headers;
  if (authorization.kind !== "credential") {
    throw new AppError(
      "transport_unusable",
      "The header blocks contain {{token}}, but the transport has no credential.",
      {
        hint: "Select a credential as the transport's Authorization, or remove {{token}} from its header blocks.",
      },
    );
  }
  if (token === null || !headers.startsWith(own)) return headers;
  // A trigger's blocks follow. What its variables contain is never a template.
  return own.replace(tokenTemplate, () => escapeText(token)) + headers.slice(own.length);
}

function build(
  { call, wsdl }: SoapOrder,
  soap: SoapPlan,
  password: string | null,
  now: Date,
  limitMs: number | undefined,
): BuiltEnvelope | Promise<BuiltEnvelope> {
  const { settings } = soap;
  if (call.envelope !== null) {
    return wrapUntrusted({ envelope: call.envelope, soapVersion: settings.soapVersion, action: call.action }, limitMs);
  }
  if (!wsdl) throw wsdlMissing(soap);
  const { service, port, security } = settings;
  return buildCall(
    wsdl,
    { service, port, operation: call.operation ?? "" },
    {
      arguments: call.arguments,
      headers: call.headers.trim() === "" ? [] : [{ xml: call.headers }],
      security: security ? { ...security, password: password ?? "" } : undefined,
      addressing: settings.addressing ? { to: soap.endpoint ?? "", messageId: `urn:uuid:${v4()}` } : undefined,
      now,
      nonce: randomBytes(16),
    },
    limitMs,
  );
}

/** The password of the UsernameToken, null when none is sent. */
function openWssePassword(transport: TransportPlan): string | null {
  const { settings, wssePasswordEnvelope, endpoint } = transport.soap!;
  if (!settings.security || wssePasswordEnvelope === null || settings.raw) return null;
  requireDestination(transport, endpoint ?? "");
  return openSecret(wssePasswordEnvelope, transport.aads.wssePassword);
}

/** SOAPAction (SOAP 1.1 section 6.1.1), or the media type's action (RFC 3902). */
function readAction({ headers, contentType }: BuiltEnvelope): string | null {
  const header = headers.find(([name]) => name.toLowerCase() === "soapaction")?.[1];
  const action = header?.replace(/^"|"$/g, "") ?? /;\s*action="([^"]*)"/i.exec(contentType)?.[1] ?? "";
  return action === "" ? null : action;
}

/** What a service's answer says, without a promise unless it's large. */
export function readAnswer(
  { call, wsdl }: SoapOrder,
  soap: SoapPlan,
  answer: HttpAnswer,
): LimitedReading | Promise<LimitedReading> {
  const { service, port } = soap.settings;
  const ref = call.operation !== null && call.envelope === null ? { service, port, operation: call.operation } : null;
  return readUntrusted(answer, ref && wsdl, ref);
}

/** Refuses a transport whose calls have nowhere to go, or that knows no WSDL. */
export function checkSoapUsable(soap: SoapPlan, call: Pick<SoapCall, "envelope">): void {
  if (call.envelope === null && !soap.wsdl) throw wsdlMissing(soap);
  if (soap.endpoint !== null) return;
  const { port, service } = soap.settings;
  throw new AppError("transport_unusable", `The WSDL names no address for the port ${port} of ${service}.`, {
    hint: "Enter an endpoint URL in the transport.",
  });
}

function wsdlMissing({ failure }: SoapPlan): AppError {
  const why = failure ? `: ${failure.message}` : ".";
  return new AppError("transport_unusable", `The transport's WSDL has not been read yet${why}`, {
    hint: "Read it again on the page of the transport.",
  });
}
