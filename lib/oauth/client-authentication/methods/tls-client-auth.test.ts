import { expect, test } from "vitest";
import { selfSignedTlsClientAuth } from "./self-signed-tls-client-auth.ts";
import { tlsClientAuth } from "./tls-client-auth.ts";

test.each([tlsClientAuth, selfSignedTlsClientAuth])("$label sends the client ID only", ({ build, buildForMsal }) => {
  const client = { clientId: "client-1", clientSecret: "left over", privateKey: "a key", certificate: "a certificate" };
  expect(build(client)).toEqual({ form: { client_id: "client-1" } });
  expect(buildForMsal).toBeUndefined();
});
