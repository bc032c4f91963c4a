import { Budget } from "../budget.ts";
import { xsd } from "../builtin.ts";
import type { AttributeNode, ComplexType, ElementNode, GroupNode, Particle, SimpleType, Types } from "../model.ts";
import { localOf, namespaceOf, ns, type QName } from "../names.ts";
import {
  arrayContent,
  isMembers,
  isRequired,
  isUsed,
  listElements,
  listValues,
  type Members,
  memberOf,
  requireType,
  toLexical,
  typeOfValue,
} from "../values.ts";
import { escapeAttribute, escapeXml } from "../xml/elements.ts";

const wellKnown: Record<string, string> = { [ns.xsd]: "xsd", [ns.xsi]: "xsi", [ns.encoding]: "enc", [ns.xml]: "xml" };

/** How many characters a Body can have. */
const maxLength = 64 * 1024 * 1024;

/**
 * Writes values as XML by the model. All prefixes that it uses are declared once, on an element around what it writes (`declarations`).
 */
export class XmlWriter {
  readonly #types: Types;
  readonly #isEncoded: boolean;
  readonly #prefixes = new Map<string, string>();
  /** Whose `#any` is written. */
  readonly #withAny = new WeakSet<Members>();
  readonly #length = new Budget("the envelope", maxLength);

  /** @param isEncoded whether each element says its type (SOAP 1.1 section 5). */
  constructor(types: Types, isEncoded: boolean) {
    this.#types = types;
    this.#isEncoded = isEncoded;
  }

  /** `prefix:local`, or the local name alone without a namespace. */
  name(namespace: string, local: string): string {
    return namespace === "" ? local : `${this.#prefix(namespace)}:${local}`;
  }

  #prefix(namespace: string): string {
    const known = this.#prefixes.get(namespace);
    if (known) return known;
    const prefix = wellKnown[namespace] ?? `n${this.#prefixes.size + 1}`;
    this.#prefixes.set(namespace, prefix);
    return prefix;
  }

  /** `xmlns:…` attributes for the prefixes used so far. */
  declarations(): string {
    return [...this.#prefixes]
      .filter(([, prefix]) => prefix !== "xml")
      .map(([namespace, prefix]) => ` xmlns:${prefix}="${escapeAttribute(namespace)}"`)
      .join("");
  }

  /** What members hold of a content, in the schema's order. */
  group(group: GroupNode | null, members: Members): string {
    if (!group || (group.min === 0 && !isUsed(group, members))) return "";
    const isRepeated = group.max === null || group.max > 1;
    const used = group.kind === "choice" ? group.items.filter((item) => isUsed(item, members)) : group.items;
    if (!isRepeated || group.kind === "choice") return used.map((item) => this.#particle(item, members)).join("");
    // A repeated sequence is written turn by turn: the first of each, then the second …
    const elements = listElements(group);
    const rounds = elements.reduce((max, { name }) => Math.max(max, listValues(memberOf(members, name)).length), 1);
    this.#length.take(rounds * elements.length);
    const turns = Array.from({ length: rounds }, (_, turn) => {
      const one = elements
        .map(({ name }): [string, unknown] => [name, listValues(memberOf(members, name))[turn]])
        .filter(([, value]) => value !== undefined);
      const any = turn === 0 ? memberOf(members, "#any") : undefined;
      const these = Object.fromEntries(any === undefined ? one : [...one, ["#any", any]]);
      return used.map((item) => this.#particle(item, these)).join("");
    });
    return turns.join("");
  }

  #particle(particle: Particle, members: Members): string {
    if (particle.kind === "any") return this.#any(members);
    if (particle.kind !== "element") return this.group(particle, members);
    const value = memberOf(members, particle.name);
    if (value === undefined) {
      const preset = particle.fixed ?? particle.default;
      return preset !== undefined && isRequired(particle) ? this.element(particle, preset) : "";
    }
    if (Array.isArray(value) && !this.#takesList(particle))
      return value.map((each) => this.element(particle, each)).join("");
    return this.element(particle, value);
  }

  /** All of it where the schema has room first. */
  #any(members: Members): string {
    if (this.#withAny.has(members)) return "";
    this.#withAny.add(members);
    const text = listValues(memberOf(members, "#any")).map(String).join("");
    this.#length.take(text.length);
    return text;
  }

  #takesList({ type, max }: ElementNode): boolean {
    if (max !== 1) return false;
    const node = requireType(this.#types, type);
    return node.kind === "simple" ? node.listOf !== undefined : node.arrayOf !== undefined;
  }

  /** One element with its value. */
  element(node: ElementNode, value: unknown): string {
    const tag = this.name(node.namespace, node.name);
    this.#length.take(2 * tag.length + 5);
    if (value === null) return `<${tag} ${this.name(ns.xsi, "nil")}="true"${this.#typeAttribute(node.type)}/>`;
    const { type, name, isNamed } = typeOfValue(this.#types, node, value);
    const typed = isNamed || this.#isEncoded ? this.#typeAttribute(name, isNamed) : "";
    if (type.kind === "simple") return `<${tag}${typed}>${this.#simple(type, value)}</${tag}>`;
    if (type.arrayOf) return this.#array(tag, name, type, value);
    const { attributes, content } = this.#complex(type, value);
    return content === "" ? `<${tag}${typed}${attributes}/>` : `<${tag}${typed}${attributes}>${content}</${tag}>`;
  }

  #typeAttribute(name: QName, isNamed = false): string {
    if ((!this.#isEncoded && !isNamed) || name.startsWith("#")) return "";
    return ` ${this.name(ns.xsi, "type")}="${this.name(namespaceOf(name), localOf(name))}"`;
  }

  #simple(type: SimpleType, value: unknown): string {
    const text = escapeXml(toLexical(type, value) ?? "");
    this.#length.take(text.length);
    return text;
  }

  #complex(type: ComplexType, value: unknown): { attributes: string; content: string } {
    if (!isMembers(value))
      return { attributes: "", content: escapeXml(toLexical({ kind: "simple", base: "string" }, value) ?? "") };
    const attributes = this.attributes(type.attributes, value, type.anyAttribute === true);
    if (type.text) {
      const text = requireType(this.#types, type.text);
      return {
        attributes,
        content: this.#simple(
          text.kind === "simple" ? text : { kind: "simple", base: "string" },
          memberOf(value, "#text") ?? "",
        ),
      };
    }
    const declared = this.group(type.content, value);
    const text = type.mixed ? escapeXml(String(memberOf(value, "#text") ?? "")) : "";
    const isOpen = type.mixed && type.anyAttribute && listElements(type.content).length === 0;
    return { attributes, content: text + (isOpen ? declared + this.#undeclared(value) : declared) };
  }

  /** Members of `xs:anyType`, which no schema declares. */
  #undeclared(members: Members): string {
    return Object.entries(members)
      .filter(([name]) => /^[\p{L}_][\p{L}\p{N}_.-]*$/u.test(name))
      .flatMap(([name, value]) => listValues(value).map((each) => this.element(undeclaredElement(name), each)))
      .join("");
  }

  /** The attributes of members, those with defaults left to the reader. */
  attributes(declared: readonly AttributeNode[], members: Members, takesAny: boolean): string {
    const known = declared.map(({ name, namespace, type, fixed, required }) => {
      const value = memberOf(members, `@${name}`) ?? (required ? fixed : undefined);
      if (value === undefined || value === null) return "";
      const node = requireType(this.#types, type);
      const text = toLexical(node.kind === "simple" ? node : { kind: "simple", base: "string" }, value) ?? "";
      return ` ${this.name(namespace, name)}="${escapeAttribute(text)}"`;
    });
    if (!takesAny) return known.join("");
    const names = new Set(declared.map(({ name }) => `@${name}`));
    const more = Object.entries(members)
      .filter(([name]) => /^@[\p{L}_][\p{L}\p{N}_.-]*$/u.test(name) && !names.has(name))
      .map(([name, value]) => ` ${name.slice(1)}="${escapeAttribute(String(value))}"`);
    return known.join("") + more.join("");
  }

  /** SOAP 1.1 section 5.4.2. */
  #array(tag: string, name: QName, type: ComplexType, value: unknown): string {
    const items = Array.isArray(value) ? value : isMembers(value) ? listValues(memberOf(value, "item")) : [];
    const itemType = this.name(namespaceOf(type.arrayOf!), localOf(type.arrayOf!));
    const arrayType = ` ${this.name(ns.encoding, "arrayType")}="${itemType}[${items.length}]"`;
    const content = items.map((item) => this.element(arrayContent(type), item)).join("");
    return `<${tag}${this.#typeAttribute(name)}${arrayType}>${content}</${tag}>`;
  }
}

function undeclaredElement(name: string): ElementNode {
  return { kind: "element", name, namespace: "", type: xsd("anyType"), min: 0, max: null };
}
