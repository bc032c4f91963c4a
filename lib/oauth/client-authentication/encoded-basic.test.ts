import { expect, test } from "vitest";
import { hasEncodedBasic } from "./encoded-basic.ts";

const client = { clientId: "client-1", clientSecret: "kZ8/9q+L3==" };

test("tells when encoding changes what Basic sends", () => {
  const basic = { ...client, clientAuthentication: "client_secret_basic" };
  expect(hasEncodedBasic(basic)).toBe(true);
  expect(hasEncodedBasic({ ...basic, clientSecret: "s3cr~t" })).toBe(false);
  expect(hasEncodedBasic({ ...basic, clientAuthentication: "client_secret_post" })).toBe(false);
});
