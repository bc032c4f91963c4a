import type { SoapReading } from "#lib/delivery/soap/model.ts";
import type { TokenExpiredRule } from "#lib/delivery/transports/definition.ts";

/** An answer without a Fault is looked through only up to this size: a notice is short, and a large answer may quote anything. */
const maxNoticeBytes = 16 * 1024;

/**
 * Whether an answer says that the token has expired: by a Fault's code, its reason or its detail, or in the body of a short answer
 * without a Fault, as services give that answer everything with 200.
 */
export function saysTokenExpired(rule: TokenExpiredRule, reading: SoapReading, body: Buffer): boolean {
  const { fault } = reading;
  if (fault) {
    const codes = [fault.code, ...fault.subcodes].flatMap((code) => [code, localName(code)]).map(lower);
    if (rule.faultCodes.some((code) => codes.includes(lower(code)))) return true;
    return holdsOne(rule.bodyContains, `${fault.reason}\n${fault.detail ?? ""}`);
  }
  return body.length <= maxNoticeBytes && holdsOne(rule.bodyContains, body.toString("utf8"));
}

function holdsOne(texts: readonly string[], text: string): boolean {
  if (texts.length === 0) return false;
  const searched = lower(text);
  return texts.some((each) => searched.includes(lower(each)));
}

const lower = (text: string) => text.toLowerCase();

/** `wsse:FailedAuthentication`, `{namespace}FailedAuthentication` and `a.b.FailedAuthentication` without what stands before. */
function localName(code: string): string {
  return /[^:}.]*$/.exec(code)?.[0] ?? code;
}
