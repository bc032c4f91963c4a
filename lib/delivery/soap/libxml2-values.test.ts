import fc from "fast-check";
import { expect, test } from "vitest";
import { compileSmall, inputOf, op, smallWsdl, soap } from "#scripts/small-wsdl.ts";
import { compileWithLibxml2 } from "#scripts/test-libxml2.ts";
import { validateArguments } from "./validate.ts";
import { escapeAttribute } from "./xml/elements.ts";

// Values of simple types, with and without facets: the check and libxml2 accept the same ones.

const simple = (content: string) => `<xs:simpleType>${content}</xs:simpleType>`;
const facet = (name: string, ...values: string[]) => values.map((value) => `<xs:${name} value="${value}"/>`).join("");
const restrict = (base: string, ...facets: string[]) =>
  simple(`<xs:restriction base="xs:${base}">${facets.join("")}</xs:restriction>`);
const restrictInner = (inner: string, ...facets: string[]) =>
  simple(`<xs:restriction>${inner}${facets.join("")}</xs:restriction>`);
const list = (item: string) => simple(`<xs:list itemType="xs:${item}"/>`);
const union = (...members: string[]) =>
  simple(`<xs:union memberTypes="${members.map((each) => `xs:${each}`).join(" ")}"/>`);

const builtIn =
  "boolean byte date dateTime decimal double float gDay gMonth gMonthDay gYear gYearMonth hexBinary int integer language long Name NCName negativeInteger NMTOKEN nonNegativeInteger nonPositiveInteger normalizedString positiveInteger short string time token unsignedByte unsignedInt unsignedLong unsignedShort ID duration base64Binary";

const types: Record<string, string> = {
  ...Object.fromEntries(builtIn.split(" ").map((base) => [base, restrict(base)])),
  "dates from a day on": restrict("date", facet("minInclusive", "2026-05-01")),
  "dates before a day with a zone": restrict("date", facet("maxExclusive", "2026-05-01Z")),
  "times from one on": restrict("dateTime", facet("minInclusive", "2026-05-01T00:00:00")),
  "times until one with a zone": restrict("dateTime", facet("maxInclusive", "2026-05-01T00:00:00+02:00")),
  "times of a day": restrict("time", facet("minInclusive", "08:00:00"), facet("maxExclusive", "12:00:00")),
  "short durations": restrict("duration", facet("maxInclusive", "P1D")),
  "durations longer than a month": restrict("duration", facet("minExclusive", "P1M")),
  "years from 2000 on": restrict("gYear", facet("minInclusive", "2000")),
  "months until May": restrict("gYearMonth", facet("maxInclusive", "2026-05")),
  "long decimals": restrict(
    "decimal",
    facet("minInclusive", "0.10000000000000000001"),
    facet("maxExclusive", "1000000000000000000000.5"),
  ),
  "floats below": restrict("float", facet("maxExclusive", "1.5")),
  "doubles until infinity": restrict("double", facet("minInclusive", "-INF"), facet("maxInclusive", "INF")),
  "whole numbers between": restrict("integer", facet("minExclusive", "-5"), facet("maxInclusive", "5")),
  digits: restrict("decimal", facet("totalDigits", "4"), facet("fractionDigits", "2")),
  "listed decimals": restrict("decimal", facet("enumeration", "1.0", "-0")),
  "listed times": restrict("dateTime", facet("enumeration", "2026-05-01T00:00:00Z", "2026-05-01T02:00:00")),
  "listed durations": restrict("duration", facet("enumeration", "P1D", "P12M")),
  "listed floats": restrict("float", facet("enumeration", "0.1", "INF")),
  "listed octets": restrict("hexBinary", facet("enumeration", "0AFF")),
  "listed words": restrict("token", facet("enumeration", "a b")),
  "listed texts": restrict("string", facet("enumeration", " a ", "")),
  "two octets": restrict("hexBinary", facet("length", "2")),
  "three characters": restrict("string", facet("length", "3")),
  "two characters at least": restrict("token", facet("minLength", "2")),
  "a number and letters": restrict("string", facet("pattern", "\\d{3}-[A-Z]+")),
  "one of two patterns": restrict("string", facet("pattern", "a|b", "c")),
  "a pattern of collapsed text": restrict("token", facet("pattern", "[a-z] [a-z]")),
  "no pattern characters": restrict("string", facet("pattern", "[^a-c]+")),
  "leading zeros": restrict("int", facet("pattern", "0\\d+")),
  "collapsed text": restrict("string", facet("whiteSpace", "collapse"), facet("enumeration", "a b")),
  "replaced white space": restrict("string", facet("whiteSpace", "replace"), facet("maxLength", "3")),
  lists: list("int"),
  "lists of two": restrictInner(list("token"), facet("minLength", "1"), facet("maxLength", "2")),
  "listed lists": restrictInner(list("decimal"), facet("enumeration", "1 2")),
  "patterns of lists": restrictInner(list("int"), facet("pattern", "\\d \\d")),
  unions: union("int", "date"),
  "listed values of unions": restrictInner(union("int", "token"), facet("enumeration", "1", "a")),
  "listed values of unions of text first": restrictInner(union("string", "int"), facet("enumeration", "1")),
  "patterns of unions": restrictInner(union("int", "token"), facet("pattern", "[0-9a-c ]+")),
  "unions of lists": simple(`<xs:union>${list("int")}${restrict("string", facet("enumeration", "none"))}</xs:union>`),
  "lists of unions": simple(`<xs:list>${union("int", "boolean")}</xs:list>`),
};

const parts =
  "|a|A|abc|ABC|ü|é|A\u0301|a:b|-a|1|01|+1|-1|-0|0|00|5|6|-5|-4|128|.|.5|1.|1.0|12.345|12.34|1234.5|00012.3400|0.1|0.100|0.10000000000000000000|0.10000000000000000001|1000000000000000000000.4|1000000000000000000000.5|1e3|1.5e-3|INF|-INF|+INF|NaN|1e400|true|false|TRUE|2147483648|18446744073709551616|9223372036854775808|2026-05-01|2026-04-30|2026-05-01Z|2026-05-01+14:00|2026-05-01+14:01|2026-04-28Z|2026-05-03Z|2026-02-29|2024-02-29|1900-02-29|0000-01-01|-0001-01-01|10000-01-01|02026-05-01|2026-13-01|2026-05-01T00:00:00|2026-05-01T00:00:00Z|2026-05-01T00:00:00.000|2026-05-01T02:00:00+02:00|2026-04-30T22:00:00Z|2026-04-30T22:00:00.0001Z|2026-04-28T12:00:00|2026-05-01T24:00:01|2026-05-01T08:00|2026-05-01T00:00:00+14:30|2026-05-01T02:00:00|08:00:00|07:59:59.99|12:00:00|11:59:59.9|25:00:00|12:00:60|P1D|PT24H|P1M|P12M|P30D|P31D|P32D|P1Y|PT86401S|P|PT|P1DT|-P1D|PT1.5S|P1S|2000|1999|2026|2026-06|--05|--13|---15|---32|--02-29|--02-30|--04-31|0AFF|0aff|0AF|0AFF00|SGVs|SGVsbG8=|SGVsbG9=|SGVsbG==|SGVsbA==|en|en-US|en-|abcdefghi|123-A|123-AB|x|none|c|d|a.b|_a|·a|a·|ª|Ⅷ|٣|\u00a0".split(
    "|",
  );

/** Where libxml2 differs from XML Schema part 2, or checks what Sallyport leaves to services. */
const deviations: [type: RegExp, text: RegExp][] = [
  // It skips characters that aren't base64, and refuses white space around dates, for which collapse applies.
  [/^base64Binary$/, /[^A-Za-z0-9+/= \t\n]|^[\s]*$|-/],
  [/dat|time|dur|month|year|^g[DMY]|^unions$/, /^[ \t\n]|[ \t\n]$/],
  // It refuses white space around NaN and INF.
  [/^(float|double)/, /^[ \t\n]+-?(NaN|INF)|(NaN|INF)[ \t\n]+$/],
  // A value with a zone and one without can be compared if they're more than 14 hours apart (section 3.2.7.4).
  [/^(dates|times|listed times)/, /^2026-0(4-30|5-0[12])/],
  [/^(dates|times|listed times)/, /^-?\d{5}/],
  // It reads 64 bits of a year.
  [/^(gYear|years)/, /\d{10}/],
  [/^(date|gYear|times|unions)/, /^-/],
];
const isDeviation = (type: string, text: string): boolean =>
  deviations.some(([ofType, ofText]) => ofType.test(type) && ofText.test(text));

const names = Object.keys(types);
const wsdlText = smallWsdl(
  inputOf(
    Object.values(types)
      .map((type, at) => `<xs:element name="e${at}" minOccurs="0" maxOccurs="unbounded">${type}</xs:element>`)
      .join(""),
  ),
);
const wsdl = compileSmall(wsdlText);
const findProblems = compileWithLibxml2([{ location: "upload:s.wsdl", text: wsdlText }]);

/** The values of a type that libxml2 accepts. */
function acceptedByLibxml2(type: string, texts: readonly string[]): string[] {
  const name = `t:e${names.indexOf(type)}`;
  const lines = texts.map((text) => `<${name}>${escapeAttribute(text)}</${name}>`);
  const refused = new Set(findProblems(soap(`<t:in>\n${lines.join("\n")}</t:in>`)).map(({ line }) => line - firstLine));
  return texts.filter((_, at) => !refused.has(at));
}
const firstLine = soap("").split("\n").length + 1;

function acceptedBySallyport(type: string, texts: readonly string[]): string[] {
  const name = `e${names.indexOf(type)}`;
  return texts.filter((text) => validateArguments(wsdl, op, { [name]: text }).length === 0);
}

test.each(names)("%s: the check and libxml2 accept the same values", (type) => {
  const texts = parts.filter((text) => !isDeviation(type, text));
  expect(acceptedBySallyport(type, texts)).toEqual(acceptedByLibxml2(type, texts));
});

test("any values, put together from others, are accepted by both or by none", () => {
  const white = fc.constantFrom("", "", " ", "  ", "\t", "\n");
  const text = fc
    .array(fc.tuple(white, fc.constantFrom(...parts)), { minLength: 1, maxLength: 3 })
    .chain((each) => white.map((end) => each.flat().join("") + end));
  const property = fc.property(fc.constantFrom(...names), fc.array(text, { maxLength: 30 }), (type, given) => {
    const texts = given.filter((each) => !isDeviation(type, each));
    expect(acceptedBySallyport(type, texts)).toEqual(acceptedByLibxml2(type, texts));
  });
  // A value of its own that libxml2 gets wrong must not fail somebody's build.
  fc.assert(property, { numRuns: 300, seed: 20_261_130 });
});
