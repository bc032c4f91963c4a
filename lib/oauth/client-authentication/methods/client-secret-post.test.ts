import { expect, test } from "vitest";
import { clientSecretPost } from "./client-secret-post.ts";

const client = { clientId: "client:1", clientSecret: "s3cr~t", privateKey: null, certificate: null };

test("sends the client ID and its secret in the body", () => {
  expect(clientSecretPost.build(client)).toEqual({ form: { client_id: "client:1", client_secret: "s3cr~t" } });
  expect(clientSecretPost.buildForMsal?.(client)).toEqual({ clientSecret: "s3cr~t" });
});

test("names the field when there is no secret", () => {
  const error = expect.objectContaining({
    code: "invalid_input",
    fields: [expect.objectContaining({ field: "clientSecret" })],
  });
  expect(() => clientSecretPost.build({ ...client, clientSecret: null })).toThrow(error);
  expect(() => clientSecretPost.buildForMsal?.({ ...client, clientSecret: "" })).toThrow(error);
});
