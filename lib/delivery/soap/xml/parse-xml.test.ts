import { describe, expect, test } from "vitest";
import { expectLinear } from "#scripts/test-growth.ts";
import { parseXml, XmlError } from "./parse-xml.ts";

test.each(["<", "<!--", "<!--<!DOCTYPE", "<![CDATA[", "<?", "<? ?>", '<a b="', "<a>", "<!DOCTYPE r>"])(
  "8 times as many %s take about 8 times as long, not 64 times",
  (unit) => {
    const parse = (text: string) => {
      try {
        parseXml(text);
      } catch (err) {
        expect(err).toBeInstanceOf(XmlError);
      }
    };
    expectLinear(parse, unit, 160_000 * unit.length);
  },
);

describe("a document type declaration is refused", () => {
  const doctype = '<!DOCTYPE r [<!ENTITY a "b">]>';
  test.each([
    ["at the beginning", `${doctype}<r/>`],
    ["between processing instructions that hold the ends of a comment", `<?a <!--?>${doctype}<?b -->?><r/>`],
    ["between comments that hold processing instructions", `<!-- <? -->${doctype}<!-- ?> --><r/>`],
    ["after a CDATA section's end in a comment", `<!--<![CDATA[-->${doctype}<!--]]>--><r/>`],
    ["in small letters", '<!doctype r [<!ENTITY a "b">]><r/>'],
    ["within the document element", `<r>${doctype}</r>`],
  ])("%s", (_, text) => {
    expect(() => parseXml(text)).toThrow(/DOCTYPE/);
  });

  test("but not what only looks like one", () => {
    const text = `<!--${doctype}--><?a ${doctype}?><r a="1"><![CDATA[${doctype}]]></r>`;
    expect(parseXml(text).textContent).toBe(doctype);
  });
});

test("line ends become a line feed, and other separators stay", () => {
  expect(parseXml("<r>a\r\nb\rc\nd\u0085e\u2028f\u2029g</r>").textContent).toBe("a\nb\nc\nd\u0085e\u2028f\u2029g");
});

test("a tag in a processing instruction or a comment does not nest", () => {
  const open = "<a>".repeat(300);
  expect(parseXml(`<?x ${open}?><!--${open}--><r><?x ${open}?></r>`).nodeName).toBe("r");
});

test("200 levels are read, more are refused before anything is built, with the line", () => {
  const nest = (levels: number) => "<a>".repeat(levels) + "</a>".repeat(levels);
  expect(parseXml(nest(200)).nodeName).toBe("a");
  expect(() => parseXml(`\n${nest(201)}`)).toThrow(expect.objectContaining({ line: 2 }));
  expect(() => parseXml(`<?x </a></a></a>?>${nest(201)}`)).toThrow(/deeper/);
});

test.each(["<!--", "<![CDATA[", "<?", "<a "])("%s without an end is refused, with its line", (start) => {
  expect(() => parseXml(`<r>\n${start}`)).toThrow(expect.objectContaining({ name: "XmlError", line: 2 }));
});

test.each([
  ["an element", "<r><q:x>1</q:x></r>"],
  ["an attribute", '<r><x q:a="1"/></r>'],
  ["an attribute without spaces around it", '<r><x b = "q:c>" q:a\n=\n"1"/></r>'],
  ["an element after the one that declares it", '<r><a xmlns:q="urn:q"><q:x/></a><q:y/></r>'],
  ["an element after an empty one that declares it", '<r><q:a xmlns:q="urn:q"/><q:y/></r>'],
  ["beside a declared one", '<r xmlns:p="urn:p"><p:x p:a="1"><q:y/></p:x></r>'],
  ["after comments and CDATA sections", "<r><!-- <p:x/> --><![CDATA[<p:x>]]><?p <p:x?><q:y/></r>"],
  ["a declaration that is undone", '<r xmlns:q="urn:q"><q:x xmlns:q=""/></r>'],
])("an undeclared prefix is named: %s", (_, text) => {
  expect(() => parseXml(text)).toThrow(/^the prefix q isn't declared/);
});

test("the prefix xml needs no declaration", () => {
  expect(parseXml('<r xml:lang="de"/>').nodeName).toBe("r");
});
