import { expect, test } from "vitest";
import { explainTls } from "./tls-failure.ts";

const peer = { host: "orders.example.com", port: "443", role: "host" } as const;
const explain = (code: string, message = "") =>
  explainTls(Object.assign(new Error(message), { code }), "orders.example.com:443", peer);

// Node has no code for some of OpenSSL's errors of verification.
test.each([
  ["UNSPECIFIED", "EE certificate key too weak", /too short/],
  ["UNSPECIFIED", "CA certificate key too weak", /too short/],
  ["UNSPECIFIED", "CA signature digest algorithm too weak", /SHA-1/],
  ["UNSPECIFIED", "permitted subtree violation", /constraint of its CA/],
  ["UNSPECIFIED", "some new reason", /rejected: some new reason/],
  ["INVALID_PURPOSE", "unsuitable certificate purpose", /server authentication/],
  ["INVALID_CA", "invalid CA certificate", /not a CA/],
  ["CERT_REVOKED", "certificate revoked", /revoked/],
  ["CERT_HAS_EXPIRED", "certificate has expired", /has expired/],
  ["PATH_LENGTH_EXCEEDED", "path length constraint exceeded", /longer than one of its CAs allows/],
  ["ERROR_IN_CERT_NOT_AFTER_FIELD", "format error in certificate's notAfter field", /not completed/],
  ["ERR_SSL_CA_MD_TOO_WEAK", "ca md too weak", /SHA-1/],
  ["ERR_SSL_EE_KEY_TOO_SMALL", "ee key too small", /too short/],
  ["ERR_SSL_DH_KEY_TOO_SMALL", "dh key too small", /Diffie-Hellman/],
  ["ERR_SSL_UNSUPPORTED_PROTOCOL", "unsupported protocol", /TLS versions/],
  ["ERR_SSL_UNSAFE_LEGACY_RENEGOTIATION_DISABLED", "unsafe legacy renegotiation disabled", /RFC 5746/],
])("explains %s, %s", (code, message, says) => {
  expect(explain(code, message)).toMatchObject({ code: "tls_failed", message: expect.stringMatching(says) });
});

test("leaves other failures to others", () => {
  expect(explain("ECONNREFUSED", "connect ECONNREFUSED")).toBeNull();
});
