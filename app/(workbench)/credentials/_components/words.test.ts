import { expect, test } from "vitest";
import { credentialLabels as labels } from "#lib/oauth/credentials/definition.ts";
import { fieldLabels } from "#lib/oauth/explanations/field-labels.ts";

test("hints call the fields as the form does", () => {
  expect(labels).toMatchObject(fieldLabels);
});
