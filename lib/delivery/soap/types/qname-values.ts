import type { SimpleType } from "../model.ts";
import { localOf, type QName, toQName } from "../names.ts";
import { readName } from "./attribute-names.ts";

/** Whether the values of a type are names with a namespace (XML Schema part 2, sections 3.2.18 and 3.2.19). */
export const isQNameType = ({ base, listOf, unionOf }: SimpleType): boolean =>
  (base === "QName" || base === "NOTATION") && !listOf && !unionOf;

/**
 * The name that a value means: `{namespace}name`, `name`, or `xsd:name`. A value of an enumeration can have any prefix if its local
 * name is unique there. Null for a prefix that isn't declared.
 */
export function resolveQNameValue({ enumeration = [] }: SimpleType, text: string): QName | null {
  const value = text.trim();
  const [only, another] = enumeration.filter((each) => localOf(each) === value.replace(/^.*[:}]/, ""));
  if (only && !another && !value.startsWith("{")) return only;
  const name = readName(value);
  return name && toQName(name.namespace, name.local);
}

/** Explains why a value isn't a name that can be sent, as a sentence; null if it is one. */
export function findQNameProblem(type: SimpleType, text: string): string | null {
  const name = resolveQNameValue(type, text);
  if (name === null) {
    const prefix = /^([^:{}\s]+):[^:{}\s]+$/.exec(text.trim())?.[1];
    return prefix
      ? `has the prefix ${prefix}, which isn't declared. Write {namespace}name.`
      : "must be a QName such as {urn:example}name.";
  }
  const { enumeration } = type;
  return enumeration && !enumeration.includes(name) ? `must be one of ${enumeration.slice(0, 20).join(", ")}.` : null;
}
