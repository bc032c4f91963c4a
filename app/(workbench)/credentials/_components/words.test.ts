import { expect, test } from "vitest";
import { fieldLabels } from "#lib/oauth/explanations/field-labels.ts";
import { labels } from "./words.ts";

test("hints call the fields as the form does", () => {
  expect(labels).toMatchObject(fieldLabels);
});
