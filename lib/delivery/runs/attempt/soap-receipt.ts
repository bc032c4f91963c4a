import type { LimitedReading } from "#lib/delivery/soap/limit-reading.ts";
import type { SoapFault } from "#lib/delivery/soap/model.ts";
import type { SoapPlan } from "#lib/delivery/transports/plan.ts";
import type { HttpAnswer } from "#lib/delivery/transports/send.ts";
import type { SentSecrets } from "#lib/platform/redaction/echoes.ts";
import type { RunFault, RunSoap } from "../model.ts";
import { redactJson, redactText } from "../redact.ts";
import type { BuiltCall, SoapOrder } from "../soap.ts";

/** How many attachments a receipt names. */
const maxAttachments = 100;

/** What a receipt says of a SOAP call beside the HTTP request and answer, secrets redacted. */
export function describeSoap(
  { call }: SoapOrder,
  soap: SoapPlan,
  built: BuiltCall | null,
  reading: LimitedReading | null,
  answer: HttpAnswer | null,
  sent: SentSecrets,
): RunSoap {
  const headers = reading?.headers ?? null;
  const multipart = answer?.headers.some(([name, value]) => name === "content-type" && /^multipart\//i.test(value));
  return {
    operation: call.operation,
    action: built?.action ?? null,
    soapVersion: soap.soapVersion ?? soap.settings.soapVersion,
    fault: reading?.fault ? redactFault(reading.fault, sent) : null,
    json: redactJson(reading?.json ?? null, sent),
    jsonCut: reading?.jsonCut ?? false,
    ...(headers !== null && { headers: redactJson(headers, sent) }),
    xml: multipart && reading?.xml ? redactText(reading.xml, sent) : null,
    attachments: redactJson((reading?.attachments ?? []).slice(0, maxAttachments), sent) as RunSoap["attachments"],
    problem: reading?.problem ? redactText(reading.problem, sent) : null,
  };
}

function redactFault(fault: SoapFault, sent: SentSecrets): RunFault {
  return {
    code: redactText(fault.code, sent),
    subcodes: fault.subcodes.map((code) => redactText(code, sent)),
    reason: redactText(fault.reason, sent),
    actor: fault.actor === null ? null : redactText(fault.actor, sent),
    detail: fault.detail === null ? null : redactText(fault.detail, sent),
    detailJson: redactJson(fault.detailJson, sent),
  };
}
