import { expect, test } from "vitest";
import { privateKeyJwt } from "./private-key-jwt.ts";

const client = { clientId: "client-1", clientSecret: null, privateKey: "a key", certificate: null };
const lacking = (field: string) =>
  expect.objectContaining({ code: "invalid_input", fields: [expect.objectContaining({ field })] });

test("signs with the key, with or without a certificate", () => {
  expect(privateKeyJwt.build(client)).toEqual({ signWith: { privateKey: "a key", certificate: null } });
  expect(() => privateKeyJwt.build({ ...client, privateKey: null })).toThrow(lacking("privateKey"));
});

test("requires the certificate at Entra ID, which knows keys by their certificates", () => {
  expect(privateKeyJwt.buildForMsal?.({ ...client, certificate: "a certificate" })).toEqual({
    clientCertificate: { privateKey: "a key", x5c: "a certificate" },
  });
  expect(() => privateKeyJwt.buildForMsal?.(client)).toThrow(lacking("certificate"));
});
