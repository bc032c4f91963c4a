import { AppError, type ErrorCode, isAppError } from "#lib/platform/errors/app-error.ts";
import { explainTls, type Peer } from "../connecting/tls-failure.ts";
import { codeOf } from "./error-code.ts";

/**
 * A failure to connect, in words: name → TCP → TLS, saying the host and what to do.
 * @returns AppError `name_not_resolved`, `timeout`, `tls_failed` or `connection_failed`, each `proxy_unreachable` when it is a
 *   proxy; an AppError stays as it is.
 */
export function explainConnectFailure(cause: unknown, peer: Peer, connectTimeoutMs: number): AppError {
  if (isAppError(cause)) return cause;
  const error = explainByCode(cause, peer, connectTimeoutMs);
  if (peer.role === "host") return error;
  const hint = proxyHints[error.code] ?? error.hint ?? undefined;
  return new AppError("proxy_unreachable", error.message, { hint, retryable: true, cause });
}

/** In place of hints that ask for a proxy. */
const proxyHints: Partial<Record<ErrorCode, string>> = {
  name_not_resolved: "Check the spelling of the proxy's host.",
  timeout: "A firewall may drop the packets. Check host and port of the proxy.",
  connection_failed: "Check host and port of the proxy, and whether it runs.",
};

function explainByCode(cause: unknown, peer: Peer, connectTimeoutMs: number): AppError {
  const code = codeOf(cause);
  const where = `${peer.role === "proxy" ? "the proxy " : ""}${peer.host}:${peer.port}`;
  const retry = { retryable: true, cause };
  if (code === "ENOTFOUND" || code === "EAI_AGAIN" || code === "ENODATA") {
    const what = peer.role === "proxy" ? `of the proxy ${peer.host}` : peer.host;
    return new AppError("name_not_resolved", `The name ${what} could not be resolved (${code}).`, {
      ...retry,
      hint:
        code === "EAI_AGAIN"
          ? "The name server did not answer. Check the DNS settings of this machine, or whether a proxy is needed."
          : "Check the spelling of the host, and whether a proxy is needed to reach it.",
    });
  }
  if (code === "UND_ERR_CONNECT_TIMEOUT" || code === "ETIMEDOUT") {
    return new AppError("timeout", `No connection to ${where} within ${connectTimeoutMs} ms.`, {
      ...retry,
      hint: "A firewall may drop the packets. Check host and port, and whether a proxy is needed.",
    });
  }
  return explainTls(cause, where, peer) ?? explainTcp(cause, code, where);
}

function explainTcp(cause: unknown, code: string, where: string): AppError {
  const reasons: Record<string, [string, string]> = {
    ECONNREFUSED: ["was refused", "Nothing listens there. Check host and port."],
    ECONNRESET: ["was reset by the other side", "Check the port, and whether a firewall or proxy is in between."],
    EHOSTUNREACH: ["failed: the host is unreachable", "Check the network, or whether a proxy is needed."],
    ENETUNREACH: ["failed: the network is unreachable", "Check the network, or whether a proxy is needed."],
  };
  const [what, hint] = reasons[code] ?? ["failed", "Check host and port, and whether a proxy is needed."];
  const suffix = code === "" ? "" : ` (${code})`;
  return new AppError("connection_failed", `The connection to ${where} ${what}${suffix}.`, {
    hint,
    retryable: true,
    cause,
  });
}
