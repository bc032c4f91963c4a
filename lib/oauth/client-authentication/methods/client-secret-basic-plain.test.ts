import { expect, test } from "vitest";
import { clientSecretBasicPlain } from "./client-secret-basic-plain.ts";

const client = { clientId: "client-1", clientSecret: "kZ8/9q+L%x3= =ä€", privateKey: null, certificate: null };

test("sends the secret as it is, in UTF-8", () => {
  const { authorization = "", ...others } = clientSecretBasicPlain.build(client);
  expect(others).toEqual({});
  const text = Buffer.from(authorization.replace("Basic ", ""), "base64").toString();
  expect(text).toBe("client-1:kZ8/9q+L%x3= =ä€");
});

test("refuses a client ID whose colon would end it", () => {
  expect(() => clientSecretBasicPlain.build({ ...client, clientId: "a:b" })).toThrow(
    expect.objectContaining({ code: "invalid_input", fields: [expect.objectContaining({ field: "clientId" })] }),
  );
});
