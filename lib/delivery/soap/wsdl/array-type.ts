import { xsd } from "../builtin.ts";
import type { ComplexType } from "../model.ts";
import { ns, type QName } from "../names.ts";
import { childElements, type Element } from "../xml/elements.ts";
import type { SchemaPart, Schemas } from "./schema-index.ts";

type ArrayType = { item: QName; rank: number };

/**
 * The items and the dimensions of a SOAP-encoded array: of `wsdl:arrayType="t:Line[]"` (WSDL 1.1 section 2.2), or else the type of
 * its only element. The items of `t:Line[][]` are arrays of `t:Line`, and `t:Line[,]` has two dimensions (SOAP 1.1 section 5.4.2).
 */
export function findArrayType(schemas: Schemas, derivation: Element, own: ComplexType, part: SchemaPart): ArrayType {
  for (const child of childElements(derivation)) {
    const arrayType = child.localName === "attribute" ? child.getAttributeNS(ns.wsdl, "arrayType") : null;
    if (arrayType) return resolveArrayType(schemas, child, arrayType.replace(/\s+/g, ""), part);
  }
  const [first] = own.content?.items ?? [];
  return { item: first?.kind === "element" ? first.type : xsd("anyType"), rank: 1 };
}

function resolveArrayType(schemas: Schemas, element: Element, text: string, part: SchemaPart): ArrayType {
  const [, name = "", brackets = ""] = /^([^[]*)((?:\[[\d,]*\])*)$/.exec(text) ?? ["", text.replace(/\[.*$/, "")];
  const ranks = [...brackets.matchAll(/\[([\d,]*)\]/g)].map(([, sizes = ""]) => sizes.split(",").length);
  let item = schemas.requireType(element, name, part.location);
  // The last brackets are those of the outermost array.
  for (const rank of ranks.slice(0, -1)) {
    item = schemas.defineType({ kind: "complex", content: null, attributes: [], arrayOf: item, ...rankOf(rank) });
  }
  return { item, rank: ranks.at(-1) ?? 1 };
}

export const rankOf = (rank: number): { arrayRank?: number } => (rank > 1 ? { arrayRank: rank } : {});
