import { expect, test } from "vitest";
import { clientSecretBasic } from "./client-secret-basic.ts";

const client = { clientId: "client:1", clientSecret: "s3cr~t/+ä", privateKey: null, certificate: null };

test("sends the secret in the header only, and encodes no more than it must", () => {
  const { authorization = "", ...others } = clientSecretBasic.build(client);
  expect(others).toEqual({});
  expect(authorization).toMatch(/^Basic /);
  expect(Buffer.from(authorization.slice("Basic ".length), "base64").toString()).toBe("client%3A1:s3cr~t%2F%2B%C3%A4");
});

test("gives msal-node the secret as it is", () => {
  expect(clientSecretBasic.buildForMsal?.(client)).toEqual({ clientSecret: "s3cr~t/+ä" });
});
