import { findType } from "#lib/delivery/soap/builtin.ts";
import { exampleOf, isInteger } from "#lib/delivery/soap/lexical.ts";
import type { ElementNode, Facets, OperationDescription, SimpleType, Types } from "#lib/delivery/soap/model.ts";
import { localOf, type QName } from "#lib/delivery/soap/names.ts";
import { isMembers, listElements } from "#lib/delivery/soap/values.ts";

/** How a simple value is entered. */
export type Entry = { kind: "choice"; options: string[] } | { kind: "date" | "text" | "long" | "number" | "xml" };

/** How a value of a simple type is entered. */
export function entryOf({ base, enumeration, listOf, unionOf, facets }: SimpleType): Entry {
  if (enumeration && !listOf) return { kind: "choice", options: enumeration };
  if (base === "boolean") return { kind: "choice", options: ["true", "false"] };
  if (listOf || unionOf) return { kind: "text" };
  if (base === "date") return { kind: "date" };
  if (isInteger(base) || ["decimal", "double", "float"].includes(base)) return { kind: "number" };
  const isShort = facets?.length !== undefined || (facets?.maxLength !== undefined && facets.maxLength <= 60);
  if (base === "string" && !isShort && !facets?.patterns) return { kind: "long" };
  return base === "base64Binary" || base === "hexBinary" ? { kind: "long" } : { kind: "text" };
}

/** The simple type of a name; text for what is not known. */
export function simpleTypeOf(types: Types, name: QName): SimpleType {
  const type = findType(types, name);
  return type?.kind === "simple" ? type : { kind: "simple", base: "string" };
}

/** A type in few words: `decimal, 0 to 100, 2 digits after the point`. */
export function describeSimple(types: Types, { base, listOf, unionOf, facets = {} }: SimpleType): string {
  if (listOf) return `${localOf(listOf)} values with spaces between`;
  const name = unionOf ? unionOf.map((each) => simpleTypeOf(types, each).base).join(" or ") : base;
  return [name, ...describeFacets(facets)].join(", ");
}

function describeFacets(facets: Facets): string[] {
  const { length, minLength, maxLength, totalDigits, fractionDigits, patterns } = facets;
  const low = facets.minInclusive ?? (facets.minExclusive && `more than ${facets.minExclusive}`);
  const high = facets.maxInclusive ?? (facets.maxExclusive && `less than ${facets.maxExclusive}`);
  const size =
    length ?? (minLength !== undefined && maxLength !== undefined ? `${minLength} to ${maxLength}` : maxLength);
  return [
    low && high ? `${low} to ${high}` : low ? `from ${low}` : high && `up to ${high}`,
    size !== undefined && `${length === undefined && minLength === undefined ? "up to " : ""}${size} characters`,
    maxLength === undefined && minLength && `at least ${minLength} characters`,
    totalDigits !== undefined && `${totalDigits} digits`,
    fractionDigits && `${fractionDigits} after the point`,
    patterns?.length === 1 && patterns[0]!.length === 1 && `like ${patterns[0]![0]}`,
  ].filter((word): word is string => typeof word === "string" && word !== "");
}

const wholeVariable = /^\s*\{\{\s*variables\.([\w-]+)\s*\}\}\s*$/;

/** Samples for the variables that stand in the place of a whole value: an example of its type. */
export function sampleVariables({ types, input }: OperationDescription, values: unknown): Record<string, string> {
  const samples: Record<string, string> = {};
  const visit = (value: unknown, typeName: QName): void => {
    const type = findType(types, typeName);
    if (Array.isArray(value)) {
      const item = type?.kind === "complex" ? (type.arrayOf ?? typeName) : typeName;
      for (const each of value) visit(each, item);
    } else if (typeof value === "string") {
      const simple = type?.kind === "complex" ? type.text && simpleTypeOf(types, type.text) : type;
      const name = wholeVariable.exec(value)?.[1];
      const example = name && simple ? exampleOf(simple) : "";
      if (name && example) samples[name] ??= example;
    } else if (isMembers(value) && type?.kind === "complex") {
      visitMembers(
        value,
        listElements(type.content),
        new Map(type.attributes.map((each) => [`@${each.name}`, each.type])),
      );
      if (type.text) visit(value["#text"], type.text);
    }
  };
  const visitMembers = (members: Record<string, unknown>, elements: ElementNode[], attributes: Map<string, QName>) => {
    for (const [name, value] of Object.entries(members)) {
      const type = attributes.get(name) ?? elements.find((each) => each.name === name)?.type;
      if (type) visit(value, type);
    }
  };
  if (isMembers(values)) visitMembers(values, listElements(input.content), new Map());
  return samples;
}
