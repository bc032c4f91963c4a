import { findType } from "./builtin.ts";
import { findNamedType } from "./content/xsi-type.ts";
import type { ComplexType, ElementNode, MessageBody, Particle, SimpleType, TypeNode, Types } from "./model.ts";
import type { QName } from "./names.ts";

/** A JSON object of arguments. */
export type Members = Record<string, unknown>;

export function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A member of arguments; what an object inherits does not count. */
export function memberOf(members: Members, name: string): unknown {
  return Object.hasOwn(members, name) ? members[name] : undefined;
}

/** Sets a member, also one with a name such as `__proto__`, which would otherwise set something else. */
export function define(members: Members, name: string, value: unknown): void {
  Object.defineProperty(members, name, { value, enumerable: true, configurable: true, writable: true });
}

/** Repeated elements are a list; one alone may stand for itself. Nothing is no value. */
export function listValues(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** A type that must be there, since the compiler has checked it. */
export function requireType(types: Types, name: QName): TypeNode {
  return findType(types, name) ?? { kind: "simple", base: "string" };
}

/** The type of a value. `problem` says why `@xsi:type` can't be used. */
export type ValueType = { type: TypeNode; name: QName; isNamed: boolean; problem: string | null };

/** The type of a value: `@xsi:type` can name one that is derived from the declared one. */
export function typeOfValue(types: Types, node: Pick<ElementNode, "type">, value: unknown): ValueType {
  const declared = { type: requireType(types, node.type), name: node.type, isNamed: false, problem: null };
  const wanted = isMembers(value) ? memberOf(value, "@xsi:type") : undefined;
  if (wanted === undefined || wanted === null || wanted === "") return declared;
  const found = findNamedType(types, node.type, String(wanted));
  return "problem" in found ? { ...declared, ...found } : { ...found, isNamed: true, problem: null };
}

/** What the wrapper of a Body contains: that of the type that `@xsi:type` names, or of the declared one. */
export function bodyOfValue(
  types: Types,
  { content, attributes, anyAttribute = false, type }: MessageBody,
  members: Members,
): Pick<ComplexType, "attributes" | "content"> & { anyAttribute: boolean; named: ValueType | null } {
  const named = type === undefined ? null : typeOfValue(types, { type }, members);
  if (named?.isNamed && named.type.kind === "complex") {
    const { type: chosen } = named;
    return {
      content: chosen.content,
      attributes: chosen.attributes,
      anyAttribute: chosen.anyAttribute === true,
      named,
    };
  }
  return { content, attributes, anyAttribute, named };
}

/** The text of a value of a simple type, which can be in an object next to `@xsi:type`. */
export function simpleValue(value: unknown): unknown {
  if (!isMembers(value) || memberOf(value, "@xsi:type") === undefined) return value;
  return Object.keys(value).every((name) => name.startsWith("@") || name === "#text") ? (value["#text"] ?? "") : value;
}

/** Whether one value of an element is a list: of a list type, or a SOAP-encoded array. */
export function takesList(types: Types, { type }: ElementNode): boolean {
  const node = requireType(types, type);
  return node.kind === "simple" ? node.listOf !== undefined : node.arrayOf !== undefined;
}

/** The elements that a content may hold, whatever choices are made. */
export function listElements(particle: Particle | null, found: ElementNode[] = []): ElementNode[] {
  if (particle?.kind === "element") found.push(particle);
  else if (particle && particle.kind !== "any") for (const item of particle.items) listElements(item, found);
  return found;
}

export function holdsAny(particle: Particle | null): boolean {
  if (particle === null || particle.kind === "element") return false;
  return particle.kind === "any" || particle.items.some(holdsAny);
}

/** How many elements of `#any` a content has room for. */
export function countAny(particle: Particle): number {
  if (particle.kind === "element") return 0;
  const max = particle.max ?? Infinity;
  if (particle.kind === "any") return max;
  const rooms = particle.items.map(countAny);
  const room = particle.kind === "choice" ? Math.max(0, ...rooms) : rooms.reduce((sum, each) => sum + each, 0);
  return room === 0 ? 0 : room * max;
}

/** Whether members hold anything of a particle. */
export function isUsed(particle: Particle, members: Members): boolean {
  if (particle.kind === "element") return memberOf(members, particle.name) !== undefined;
  if (particle.kind === "any") return memberOf(members, "#any") !== undefined;
  return particle.items.some((item) => isUsed(item, members));
}

/** Whether something must be there even when nothing is given. */
export function isRequired(particle: Particle): boolean {
  if (particle.min === 0) return false;
  if (particle.kind === "element" || particle.kind === "any") return true;
  if (particle.items.length === 0) return false;
  return particle.kind === "choice" ? particle.items.every(isRequired) : particle.items.some(isRequired);
}

/** The items of a SOAP-encoded array as a content. */
export function arrayContent(type: ComplexType): ElementNode {
  return { kind: "element", name: "item", namespace: "", type: type.arrayOf!, min: 0, max: null, nillable: true };
}

/** A simple value as it is written; null when it is none. */
export function toLexical(type: SimpleType, value: unknown): string | null {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number") return Number.isFinite(value) ? writeNumber(type, value) : null;
  if (type.listOf && Array.isArray(value)) {
    const items = value.map((item) => toLexical({ kind: "simple", base: "string" }, item));
    return items.every((item) => item !== null) ? items.join(" ") : null;
  }
  return null;
}

/** Decimals know no exponent (XML Schema part 2, section 3.2.3). */
function writeNumber({ base }: SimpleType, value: number): string {
  const text = String(value);
  if (!text.includes("e") || base === "double" || base === "float") return text;
  return Number.isInteger(value) ? BigInt(value).toString() : value.toFixed(20).replace(/0+$/, "");
}
