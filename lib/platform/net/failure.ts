import { AppError, type ErrorCode, isAppError } from "#lib/platform/errors/app-error.ts";

/** Who was being dialled when it failed, for the sentence. */
export type Peer = { host: string; port: string; role: "host" | "proxy" };

const unknownIssuer = new Set([
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
]);

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
  return explainTls(cause, code, where, peer) ?? explainTcp(cause, code, where);
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

/** What a server says of the certificate that was shown to it, or not: alerts of TLS (RFC 8446 section 6), as OpenSSL words them. */
const clientCertificateAlerts: Record<string, [string, string]> = {
  "certificate required": [
    "the server asks for a client certificate",
    "Enter the client certificate that the server knows, with its private key.",
  ],
  "unknown ca": [
    "the server does not trust the issuer of the client certificate",
    "Have its issuer registered there, or enter the certificates between it and the one that the server trusts.",
  ],
  "certificate unknown": [
    "the server does not accept the client certificate",
    "Compare its thumbprint with what is registered there.",
  ],
  "bad certificate": [
    "the server does not accept the client certificate, or asks for one",
    "Compare its thumbprint with what is registered there.",
  ],
  "unsupported certificate": [
    "the server does not accept this kind of client certificate",
    "Ask which keys and key usages it takes.",
  ],
  "certificate expired": [
    "the server finds the client certificate expired",
    "Enter its successor, and check the clocks.",
  ],
  "certificate revoked": ["the client certificate is revoked", "Get a new one and have it registered there."],
  "handshake failure": [
    "the handshake was not completed",
    "Check which TLS versions, ciphers and client certificates the server asks for.",
  ],
};
const alert = new RegExp(`alert (${Object.keys(clientCertificateAlerts).join("|")})\\b`, "i");

/**
 * A refused client certificate in words. With TLS 1.3 the refusal comes after the handshake, when a request is under way.
 * @param where `host:port`
 * @returns null for any other failure.
 */
export function explainClientCertificate(cause: unknown, where: string): AppError | null {
  const name = cause instanceof Error ? alert.exec(cause.message)?.[1]?.toLowerCase() : undefined;
  const [reason, hint] = clientCertificateAlerts[name ?? ""] ?? [];
  if (!reason) return null;
  return new AppError("tls_failed", `TLS with ${where} failed: ${reason} (${codeOf(cause)}).`, {
    hint,
    retryable: true,
    cause,
  });
}

function explainTls(cause: unknown, code: string, where: string, peer: Peer): AppError | null {
  const failed = (reason: string, hint: string) =>
    new AppError("tls_failed", `TLS with ${where} failed: ${reason} (${code}).`, {
      hint,
      retryable: true,
      cause,
    });
  const refused = peer.role === "host" ? explainClientCertificate(cause, where) : null;
  if (refused) return refused;
  if (unknownIssuer.has(code)) {
    return failed(
      "its certificate was issued by an authority that is not trusted here",
      "Add the issuing CA as trusted CA or to SALLYPORT_EXTRA_CA, or ask whether a proxy inspects TLS on the way.",
    );
  }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return failed(
      `its certificate is not for ${peer.host}`,
      "Use the name that stands in the certificate, or check where the name leads to.",
    );
  }
  if (code === "CERT_HAS_EXPIRED") {
    return failed("its certificate has expired", "The operator of the server has to renew it.");
  }
  if (code === "CERT_NOT_YET_VALID") {
    return failed("its certificate is not valid yet", "Check the clock of this machine and of the server.");
  }
  if (
    code === "ERR_SSL_WRONG_VERSION_NUMBER" ||
    code === "ERR_SSL_PACKET_LENGTH_TOO_LONG" ||
    code === "ERR_SSL_HTTP_REQUEST"
  ) {
    return failed(
      "the server does not speak TLS on that port",
      "Check the port, or whether the URL should be http://.",
    );
  }
  if (code.startsWith("ERR_SSL_") || code.startsWith("ERR_TLS_") || code === "EPROTO" || /^(CERT|CRL)_/.test(code)) {
    return failed(
      "the handshake was not completed",
      "Check which TLS versions, ciphers and client certificates the server asks for.",
    );
  }
  return null;
}

/** The most telling code of an error; of several attempts (happy eyeballs) that of the first. */
export function codeOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return codeOf(cause.errors[0]);
  if (cause !== null && typeof cause === "object" && "code" in cause && typeof cause.code === "string")
    return cause.code;
  return "";
}
