import { findType } from "#lib/delivery/soap/builtin.ts";
import type {
  AttributeNode,
  ComplexType,
  ElementNode,
  GroupNode,
  OperationDescription,
  Particle,
  Types,
} from "#lib/delivery/soap/model.ts";
import type { QName } from "#lib/delivery/soap/names.ts";
import { isMembers, isUsed, listElements, type Members } from "#lib/delivery/soap/values.ts";

/** Where a value stands in the arguments: names of members and positions in lists. */
export type Path = readonly (string | number)[];

/** A path as the server writes it: `order.lines[2].price`. */
export function formatPath(path: Path): string {
  return path.reduce<string>(
    (text, step) => (typeof step === "number" ? `${text}[${step}]` : text === "" ? step : `${text}.${step}`),
    "",
  );
}

/** The arguments with another value at a path; undefined removes what is there. Everything beside the path stays the same object. */
export function setAt(root: unknown, path: Path, value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (typeof step === "number") {
    const list = Array.isArray(root) ? root : root === undefined ? [] : [root];
    const next = setAt(list[step], rest, value);
    return next === undefined ? list.filter((_, at) => at !== step) : Object.assign([...list], { [step]: next });
  }
  const members = isMembers(root) ? root : {};
  const next = setAt(members[step], rest, value);
  if (next !== undefined) return { ...members, [step]: next };
  return Object.fromEntries(Object.entries(members).filter(([name]) => name !== step));
}

/** Whether an element may stand more than once. */
export function isList({ max }: { max: number | null }): boolean {
  return max === null || max > 1;
}

/** Arguments to begin with: everything that is required, left empty. */
export function blankArguments({ types, input }: Pick<OperationDescription, "types" | "input">): Members {
  return blankMembers(types, input.content, input.attributes, []);
}

/** How deep a blank form goes and how many items it begins with: types can multiply each other. */
const maxDepth = 6;
const maxItems = 20;

/** What an element holds once it is switched on: of a list its first item. */
export function blankElement(types: Types, node: ElementNode, above: readonly QName[] = []): unknown {
  if (!isList(node)) return blankItem(types, node, above);
  return Array.from({ length: Math.min(Math.max(1, node.min), maxItems) }, () => blankItem(types, node, above));
}

/** One item of an element. */
export function blankItem(types: Types, node: ElementNode, above: readonly QName[] = []): unknown {
  const preset = node.fixed ?? node.default;
  if (preset !== undefined) return preset;
  const type = findType(types, node.type);
  if (type?.kind !== "complex") return "";
  if (type.arrayOf) return [];
  // A type that has to hold itself would never end.
  if (above.includes(node.type) || above.length >= maxDepth) return {};
  return blankComplex(types, type, [...above, node.type]);
}

function blankComplex(types: Types, type: ComplexType, above: readonly QName[]): Members {
  const members = blankMembers(types, type.content, type.attributes, above);
  return type.text ? { ...members, "#text": "" } : members;
}

function blankMembers(
  types: Types,
  content: GroupNode | null,
  attributes: AttributeNode[],
  above: readonly QName[],
): Members {
  const members: Members = {};
  for (const { name, required, fixed, default: preset } of attributes) {
    if (required) members[`@${name}`] = fixed ?? preset ?? "";
  }
  if (content) Object.assign(members, blankParticle(types, content, above));
  return members;
}

/** The required members of a part of a content; of a choice those of its first branch. */
export function blankParticle(types: Types, particle: Particle, above: readonly QName[] = []): Members {
  if (particle.min === 0 || particle.kind === "any") return {};
  if (particle.kind === "element") return { [particle.name]: blankElement(types, particle, above) };
  const items = particle.kind === "choice" ? particle.items.slice(0, 1).map(asRequired) : particle.items;
  return Object.assign({}, ...items.map((item) => blankParticle(types, item, above)));
}

function asRequired(particle: Particle): Particle {
  return particle.min === 0 ? { ...particle, min: 1 } : particle;
}

/** Members with one branch of a choice in place of whichever was there; null takes all away. */
export function chooseBranch(types: Types, choice: GroupNode, members: Members, branch: number | null): Members {
  const ofChoice = new Set(listElements(choice).map(({ name }) => name));
  const others = Object.fromEntries(Object.entries(members).filter(([name]) => !ofChoice.has(name)));
  const chosen = branch === null ? undefined : choice.items[branch];
  return chosen ? { ...others, ...blankParticle(types, asRequired(chosen)) } : others;
}

/** Which branch of a choice the members hold, null when none. */
export function findBranch({ items }: GroupNode, members: Members): number | null {
  const found = items.findIndex((item) => isUsed(item, members));
  return found < 0 ? null : found;
}

/** Whether a value is a template, which may stand for anything. */
export function isTemplate(value: unknown): value is string {
  return typeof value === "string" && /\{[{%]/.test(value);
}

/** The types that may stand in the place of a declared one, itself included unless it is abstract. */
export function listSubtypes(types: Types, name: QName): QName[] {
  const own = findType(types, name);
  if (own?.kind !== "complex" || name.endsWith("}anyType")) return [];
  const below = Object.keys(types).filter((each) => {
    const type = types[each];
    return each !== name && type?.kind === "complex" && type.derivedFrom === name;
  });
  return [...(own.abstract ? [] : [name]), ...below.flatMap((each) => listSubtypes(types, each))];
}
