import { getTableColumns } from "drizzle-orm";
import { expect, test } from "vitest";
import { credentials } from "#drizzle/schema/credentials.ts";
import { namesOf } from "#lib/platform/definitions/field.ts";
import { credentialFields } from "./definition.ts";

test("every field that is kept has a column, and a secret is stored sealed", () => {
  const columns = Object.keys(getTableColumns(credentials));
  const kept = namesOf(credentialFields, (facts) => facts.kept === undefined);
  const sealed = namesOf(credentialFields, (facts) => facts.kept === "secret").map((name) => `${name}Envelope`);
  expect(columns).toEqual(expect.arrayContaining([...kept, ...sealed]));
});
