import { AppError, isAppError } from "#lib/platform/errors/app-error.ts";
import { explainClientCertificate } from "../connecting/tls-failure.ts";
import { codeOf } from "./error-code.ts";
import { ResponseFault } from "./response-head.ts";

/** What undici's parser finds wrong after the head (response-head.ts reads that), by its codes or words. */
const parseErrors: [RegExp, string][] = [
  [/chunk (size|ext)/i, "a chunk of the body has a malformed size (Transfer-Encoding: chunked)"],
  [/EOF/, "the chunked body ended before its last chunk"],
  [/HEADERS_OVERFLOW/, "the trailers after the chunked body are too large"],
  [/CONTENT_LENGTH_MISMATCH/, "the body has fewer bytes than Content-Length states"],
  [/\b(CR|LF|CRLF)\b/, "a line of the chunked body doesn't end with CRLF, or a chunk is longer than its size states"],
  [/header|token/i, "the trailers after the chunked body are malformed"],
];

/**
 * Explains why a request failed after its connection was open.
 * @param stopped why Sallyport itself gave up.
 * @param status of the response, null when it failed before the status line.
 */
export function explainFailure(cause: unknown, stopped: AppError | null, url: URL, status: number | null): AppError {
  if (isAppError(cause)) return cause;
  if (stopped) return stopped;
  const { host } = url;
  if (cause instanceof ResponseFault) {
    const answered = cause.status === null ? "" : ` The status was ${cause.status}.`;
    return failed(`${host} ${cause.message}.${answered}`, cause.hint, cause);
  }
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  const refused = explainClientCertificate(cause, `${url.hostname}:${port}`);
  if (refused) return refused;
  const code = codeOf(cause);
  if (code === "UND_ERR_INVALID_ARG") {
    return new AppError(
      "invalid_input",
      `The request to ${host} can't be sent as HTTP: method, path or a header is malformed.`,
      { cause },
    );
  }
  const shown = code === "" ? "" : ` (${code})`;
  const answered = status === null ? "" : ` answered ${status}, but`;
  const isParseError = cause instanceof Error && cause.name === "HTTPParserError";
  const fault = isParseError ? cause.message : code;
  const reason = parseErrors.find(([pattern]) => pattern.test(fault))?.[1];
  if (isParseError || (reason && code.startsWith("UND_ERR_"))) {
    return failed(
      `${host}${answered || " sent a malformed response:"} ${reason ?? `its body is malformed (${fault})`}.`,
      "The server or a proxy in between sends malformed responses. Report this to its operator.",
      cause,
    );
  }
  return failed(
    status === null
      ? `The connection to ${host} was lost before the answer was complete${shown}.`
      : `${host} answered ${status}, but the connection was lost before the body was complete${shown}.`,
    `The server or a proxy in between closed it. Try again.${url.protocol === "https:" ? " Some servers do so when they want a client certificate, or another one." : ""}`,
    cause,
  );
}

function failed(message: string, hint: string, cause: unknown): AppError {
  return new AppError("connection_failed", message, { hint, retryable: true, cause });
}
