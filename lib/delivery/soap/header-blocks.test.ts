import { expect, test } from "vitest";
import { findHeaderProblem } from "./header-blocks.ts";

test.each([
  ["", null],
  ['<c:Token xmlns:c="urn:c" soap:mustUnderstand="1">x</c:Token>', null],
  ["<a/><b/>", null],
  ["<com:Token>x</com:Token>", /com/],
  ['<a com:b="1"/>', /com/],
  ['<com:a xmlns:com="urn:c"/><com:b/>', /com/],
  ["</headers><headers>", /./],
  ["<a>", /./],
])("header blocks %j: %s", (xml, problem) => {
  if (problem === null) expect(findHeaderProblem(xml)).toBeNull();
  else expect(findHeaderProblem(xml)).toMatch(problem);
});
