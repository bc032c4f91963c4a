import { expect, test } from "vitest";
import { clientAuthenticationMethods, clientAuthentications, usesKey, usesMutualTls, usesSecret } from "./registry.ts";

test("tells for each method what it needs, with and without the certificate in TLS", () => {
  const facts = clientAuthentications.map((clientAuthentication) => {
    const proof = { clientAuthentication, presentCertificate: false };
    const presenting = { clientAuthentication, presentCertificate: true };
    expect([usesKey(presenting), usesMutualTls(presenting), usesSecret(presenting)]).toEqual([
      true,
      true,
      usesSecret(proof),
    ]);
    return [clientAuthentication, usesSecret(proof), usesKey(proof), usesMutualTls(proof)];
  });
  expect(facts).toEqual([
    ["client_secret_post", true, false, false],
    ["client_secret_basic", true, false, false],
    ["client_secret_basic_plain", true, false, false],
    ["private_key_jwt", false, true, false],
    ["tls_client_auth", false, true, true],
    ["self_signed_tls_client_auth", false, true, true],
  ]);
});

test("each label names one method", () => {
  const labels = Object.values(clientAuthenticationMethods).map(({ label }) => label);
  expect(new Set(labels).size).toBe(clientAuthentications.length);
});
