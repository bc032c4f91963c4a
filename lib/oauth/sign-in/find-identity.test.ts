import { expect, test } from "vitest";
import { findIdentity } from "./verifying/verify-sign-in.ts";

test.each(["a\0b", "\ud800"])("a subject that can't be stored is refused: %j", (subject) => {
  const refusal = expect.objectContaining({ code: "id_token_invalid", details: { reason: "subject" } });
  const claims = { iss: "https://idp.example", sub: subject, oid: subject };
  for (const provider of ["entra", "generic"] as const) {
    expect(() => findIdentity({ provider }, claims)).toThrow(refusal);
  }
});
