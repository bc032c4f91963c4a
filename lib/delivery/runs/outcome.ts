import type { SoapReading } from "#lib/delivery/soap/model.ts";
import type { HttpAnswer } from "#lib/delivery/transports/send.ts";
import { readEntraCode } from "#lib/oauth/explanations/entra-codes.ts";
import type { AppError } from "#lib/platform/errors/app-error.ts";
import { faultHint, mediaTypeHint } from "./attempt/soap-hints.ts";
import type { RunError } from "./model.ts";

/** What the interpretation of an answer needs to know. */
type Sent = {
  url: string;
  usedToken: boolean;
  /** Whether the token was renewed since the service refused the one before. */
  isRetry: boolean;
  credentialName: string | null;
};

/** Whether the service refused the token of a request (RFC 6750 section 3.1), so that a fresh one may help. */
export function refusedToken(answer: Pick<HttpAnswer, "status">, sent: Pick<Sent, "usedToken">): boolean {
  return sent.usedToken && answer.status === 401;
}

/**
 * What an answer means for the run: null when it succeeded (any 2xx), else the error of the receipt.
 */
export function interpretAnswer(answer: Pick<HttpAnswer, "status" | "headers">, sent: Sent): RunError | null {
  const { status } = answer;
  if (status >= 200 && status < 300) return null;
  const host = new URL(sent.url).host;
  const header = (name: string) => answer.headers.find(([known]) => known === name)?.[1] ?? null;
  if (refusedToken(answer, sent)) {
    return runError(
      "service_refused_token",
      `${host} answered 401 to ${sent.isRetry ? "a fresh" : "the"} token of ${sent.credentialName}${challengeReason(header("www-authenticate"))}.`,
      sent.isRetry
        ? "The token itself is new, so the service does not accept what it says: check the scope and the audience of the credential, and the app roles that the service expects."
        : "A fresh token is tried once, unless the service has refused fresh ones just before. Then check the scope and the audience of the credential, and the app roles that the service expects.",
    );
  }
  const location = header("location");
  if (status >= 300 && status < 400 && location !== null) {
    const target = URL.canParse(location, sent.url) ? new URL(location, sent.url).host : "somewhere else";
    return runError(
      "redirect_refused",
      `${host} answered ${status} to ${target}, which is not followed.`,
      "Enter the URL that the service redirects to in the transport, or let the transport follow redirects.",
    );
  }
  return runError("service_error", `${host} answered ${status}${phrase(status)}.`, serviceHint(status, sent));
}

/**
 * What the answer to a SOAP call means for the run: null when it succeeded. A Fault is a failure whatever its HTTP status
 * (SOAP 1.1 section 6.2 asks for 500, SOAP 1.2 part 2 section 7.5.2.2 for 400 or 500; services answer 200, too).
 */
export function interpretSoapAnswer(
  answer: Pick<HttpAnswer, "status" | "headers">,
  { fault, problem }: Pick<SoapReading, "fault" | "problem">,
  sent: Sent & { isExpired: boolean; mayRepeat: boolean },
): RunError | null {
  const host = new URL(sent.url).host;
  if (refusedToken(answer, sent)) return interpretAnswer(answer, sent);
  if (sent.isExpired) {
    const how = fault
      ? `with the Fault ${describeFault(fault)}`
      : `${answer.status} with a text that tells of an expired token`;
    return runError(
      "service_refused_token",
      `${host} answered ${how} to ${sent.isRetry ? "a fresh" : "the"} token of ${sent.credentialName}.`,
      expiredHint(sent),
    );
  }
  if (fault) {
    return runError("soap_fault", `${host} answered with the Fault ${describeFault(fault)}.`, faultHint(fault));
  }
  const failed = interpretAnswer(answer, sent);
  if (failed) return { ...failed, hint: mediaTypeHint(answer.status) ?? failed.hint };
  if (problem === null) return null;
  return runError(
    "soap_answer_unreadable",
    `${host} answered ${answer.status}, but no SOAP: ${problem}`,
    "Look at the answer. A login page or a proxy's page means that the call did not reach the service: check the endpoint URL.",
  );
}

function describeFault({ code, subcodes, reason }: { code: string; subcodes: string[]; reason: string }): string {
  const short = reason.length > 300 ? `${reason.slice(0, 300)}…` : reason;
  return [[code, ...subcodes].join(" / "), short.trim().replace(/\.$/, "")].filter(Boolean).join(": ");
}

function expiredHint({ isRetry, mayRepeat }: { isRetry: boolean; mayRepeat: boolean }): string {
  if (isRetry) {
    return "The token itself is new: check the scope and the audience of the credential, or the transport's rule for expired tokens.";
  }
  if (mayRepeat) return "A fresh token is tried once, unless the service has refused fresh ones just before.";
  return "The token was dropped, so the next run gets a fresh one. The call was not repeated, since its operation is not marked safe to repeat.";
}

/** A thrown error as a receipt keeps it. */
export function toRunError(err: AppError): RunError {
  if (!err.expose) {
    return runError("internal", "Something went wrong inside Sallyport.", "The log of the portal has the details.");
  }
  const { code, message, hint, provider } = err;
  const entraCode = readEntraCode(provider?.description);
  return { code, message, hint, providerCode: provider?.code ?? null, ...(entraCode !== null && { entraCode }) };
}

function runError(code: RunError["code"], message: string, hint: string | null): RunError {
  return { code, message, hint, providerCode: null };
}

/** `error` and `error_description` of a challenge (RFC 6750 section 3), shortened. */
function challengeReason(challenge: string | null): string {
  if (challenge === null) return "";
  const value = (name: string) => new RegExp(`\\b${name}="([^"]{1,300})"`).exec(challenge)?.[1] ?? null;
  const reason = [value("error"), value("error_description")].filter(Boolean).join(": ");
  return reason ? ` (${reason.replace(/\.$/, "")})` : "";
}

function serviceHint(status: number, sent: Sent): string | null {
  if (status === 401) return "The service wants an Authorization that this transport does not send, or another one.";
  if (status === 403 && sent.usedToken) {
    return "The service knows the token and does not allow the request: check the app roles and permissions of the client.";
  }
  if (status === 404) return "Check the URL of the transport and the path of the request.";
  if (status === 405) return "Check the method of the transport.";
  if (status === 415) return "Check the Content-Type header: the service doesn't accept the request's media type.";
  if (status === 429) return "The service asks for fewer requests; try again later.";
  if (status >= 500) return "The service failed on its side; its own log tells why. Try again later.";
  return "The answer's body may say what the service did not like about the request.";
}

const phrases: Record<number, string> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

function phrase(status: number): string {
  return phrases[status] ? ` ${phrases[status]}` : "";
}
