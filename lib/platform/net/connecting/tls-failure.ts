import { AppError } from "#lib/platform/errors/app-error.ts";
import { codeOf } from "../exchange/error-code.ts";

/** Who was being dialled when it failed, for the sentence. */
export type Peer = { host: string; port: string; role: "host" | "proxy" };

const unknownIssuer = new Set([
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
]);

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

type Explanation = [reason: string, hint: string];

const renewHint = "Have the operator of the server install a new certificate.";
const versionHint = "Have the operator of the server enable TLS 1.2 or 1.3.";

/** Why OpenSSL rejects a certificate, by the codes of Node. */
const verification: Record<string, Explanation> = {
  CERT_HAS_EXPIRED: ["its certificate, or one that it was issued by, has expired", renewHint],
  CERT_NOT_YET_VALID: ["its certificate is not valid yet", "Check the clock of this machine and of the server."],
  CERT_REVOKED: ["its certificate is revoked", renewHint],
  CERT_SIGNATURE_FAILURE: ["the signature of its certificate is invalid", renewHint],
  CERT_REJECTED: ["its certificate is not meant for this use", renewHint],
  CERT_UNTRUSTED: ["its certificate is marked as not trusted for this use", renewHint],
  CERT_CHAIN_TOO_LONG: ["its chain of certificates is too long", renewHint],
  PATH_LENGTH_EXCEEDED: ["its chain of certificates is longer than one of its CAs allows", renewHint],
  INVALID_PURPOSE: [
    "its certificate is not for servers: its purpose (extended key usage) doesn't include server authentication",
    "Have the operator of the server install a certificate with the extended key usage serverAuth.",
  ],
  INVALID_CA: [
    "its certificate was issued by a certificate that is not a CA",
    "Check the trusted CA, and the chain of certificates that the server sends.",
  ],
  HOSTNAME_MISMATCH: [
    "its certificate is for another name",
    "Use the name in the certificate, or check the DNS record.",
  ],
};

/** The same for what Node has no code for: the words of OpenSSL. */
const verificationWords: [RegExp, Explanation][] = [
  [
    /(EE|CA) certificate key too weak/i,
    ["the key of its certificate, or of its CA, is too short", "It needs RSA with at least 2,048 bits, or ECDSA."],
  ],
  [
    /signature digest algorithm too weak/i,
    ["its certificate, or that of its CA, is signed with SHA-1 or MD5", "It needs a certificate signed with SHA-256."],
  ],
  [/unsuitable certificate purpose/i, verification.INVALID_PURPOSE!],
  [
    /critical extension|name constraint|permitted subtree|excluded subtree/i,
    ["its certificate breaks a constraint of its CA", renewHint],
  ],
];

/** Why a handshake fails, by the codes of OpenSSL. */
const handshakes: [RegExp, Explanation][] = [
  [
    /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|UNEXPECTED_MESSAGE$|RECORD_TOO_SMALL/,
    ["the server does not speak TLS on that port", "Check the port, or whether the URL should be http://."],
  ],
  [
    /UNSAFE_LEGACY_RENEGOTIATION/,
    [
      "the server lacks secure renegotiation (RFC 5746)",
      "Have the operator update the server: without it, others can insert data into connections.",
    ],
  ],
  [
    /NO_APPLICATION_PROTOCOL/,
    [
      "the server does not accept HTTP/1.1 (it probably offers only HTTP/2)",
      "Have the operator of the server enable HTTP/1.1, the only version that Sallyport sends.",
    ],
  ],
  [
    /UNRECOGNIZED_NAME/,
    [
      "the server has no certificate for this name (SNI)",
      "Check the host of the URL. A server reached by address or by an alias might know itself only by another name.",
    ],
  ],
  [
    /ALERT_PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|NO_PROTOCOLS_AVAILABLE|INAPPROPRIATE_FALLBACK/,
    ["the server supports only TLS versions that are no longer secure, or none in common", versionHint],
  ],
  [
    /DH_KEY_TOO_SMALL|BAD_DH_VALUE|MODULUS_TOO_SMALL/,
    ["the server uses a Diffie-Hellman key that is too short", "It needs at least 2,048 bits, or ECDHE."],
  ],
  [
    /(EE|CA)_KEY_TOO_SMALL/,
    ["the key of a certificate is too short", "It needs RSA with at least 2,048 bits, or ECDSA."],
  ],
  [
    /(CA|EE)_MD_TOO_WEAK|LEGACY_SIGALG|WRONG_SIGNATURE_TYPE|NO_SHARED_SIGNATURE|NO_SUITABLE_SIGNATURE/,
    ["the server signs with an algorithm that is no longer secure, such as SHA-1", versionHint],
  ],
  [
    /NO_SHARED_CIPHER|NO_CIPHERS_AVAILABLE|INSUFFICIENT_SECURITY|UNKNOWN_CIPHER|WRONG_CIPHER/,
    [
      "server and Sallyport have no cipher in common",
      "Have the operator of the server enable current ciphers (AES-GCM, ChaCha20).",
    ],
  ],
  [
    /NO_SHARED_GROUP|WRONG_CURVE|UNSUPPORTED_ELLIPTIC/,
    ["server and Sallyport have no elliptic curve in common", versionHint],
  ],
  [
    /ALERT_INTERNAL_ERROR/,
    ["the server reports an internal error", "Its own log says why. It might not know this host name (SNI)."],
  ],
  [
    /DECRYPT_ERROR|BAD_RECORD_MAC|DECRYPTION_FAILED/,
    ["the data was damaged or changed on the way", "Check whether a firewall or proxy inspects TLS."],
  ],
];

/** A failed TLS handshake or a rejected certificate in words; null for any other failure. */
export function explainTls(cause: unknown, where: string, peer: Peer): AppError | null {
  const code = codeOf(cause);
  const failed = ([reason, hint]: Explanation) =>
    new AppError("tls_failed", `TLS with ${where} failed: ${reason} (${code}).`, { hint, retryable: true, cause });
  const handshake = handshakes.find(([pattern]) => code.startsWith("ERR_SSL_") && pattern.test(code));
  if (handshake) return failed(handshake[1]);
  const refused = peer.role === "host" ? explainClientCertificate(cause, where) : null;
  if (refused) return refused;
  if (unknownIssuer.has(code)) {
    return failed([
      "its certificate was issued by an authority that is not trusted here",
      "Add the issuing CA as trusted CA or to SALLYPORT_EXTRA_CA, or ask whether a proxy inspects TLS on the way.",
    ]);
  }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return failed([
      `its certificate is not for ${peer.host}`,
      "Use the name that stands in the certificate, or check where the name leads to.",
    ]);
  }
  const rejected = verification[code];
  if (rejected) return failed(rejected);
  const message = cause instanceof Error ? cause.message : "";
  const words = verificationWords.find(([pattern]) => pattern.test(message));
  if (words) return failed(words[1]);
  // Every error of verification that OpenSSL has no code for in Node.
  if (code === "UNSPECIFIED") return failed([`its certificate was rejected: ${message}`, renewHint]);
  if (
    code.startsWith("ERR_SSL_") ||
    code.startsWith("ERR_TLS_") ||
    code === "EPROTO" ||
    /^(CERT|CRL|UNABLE)_|_IN_CERT_/.test(code)
  ) {
    return failed([
      "the handshake was not completed",
      "Check which TLS versions, ciphers and client certificates the server asks for.",
    ]);
  }
  return null;
}
