import { expect, test } from "vitest";
import { prettyXml } from "./pretty-xml.ts";

test("elements stand on lines of their own, two spaces per level", () => {
  expect(prettyXml('<?xml version="1.0"?><a x="1"><b><c>text</c><d/></b><e></e></a>')).toBe(
    ['<?xml version="1.0"?>', '<a x="1">', "  <b>", "    <c>text</c>", "    <d/>", "  </b>", "  <e></e>", "</a>"].join(
      "\n",
    ),
  );
});

test("an element that holds text keeps its content as it came", () => {
  const mixed = "<p> two  <b>bold</b>\n words </p>";
  expect(prettyXml(`<a>${mixed}</a>`)).toBe(`<a>\n  ${mixed}\n</a>`);
  expect(prettyXml("<a><![CDATA[ <x> ]]></a>")).toBe("<a><![CDATA[ <x> ]]></a>");
});

test("laying out again changes nothing", () => {
  const once = prettyXml("<a><!-- note --><b>  </b><c><d>1</d></c></a>")!;
  expect(prettyXml(once)).toBe(once);
});

test("what is no whole XML document is left alone", () => {
  for (const text of ["", "plain", "{}", "<a><b>", "<a><b", "<!DOCTYPE a><a/>"]) expect(prettyXml(text)).toBeNull();
});
