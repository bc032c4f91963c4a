import { arrange, type Placed } from "../content/arrange.ts";
import { attributeValue } from "../content/names.ts";
import { arrangeByOrder } from "../content/order.ts";
import { listUndeclared } from "../content/undeclared.ts";
import type { AttributeNode, ComplexType, ElementNode, GroupNode, SimpleType, Types } from "../model.ts";
import { localOf, namespaceOf, ns, type QName } from "../names.ts";
import {
  arrayContent,
  isMembers,
  listElements,
  listValues,
  type Members,
  memberOf,
  requireType,
  simpleValue,
  takesList,
  toLexical,
  typeOfValue,
  type ValueType,
} from "../values.ts";
import { escapeAttribute, escapeXml } from "../xml/elements.ts";

const wellKnown: Record<string, string> = { [ns.xsd]: "xsd", [ns.xsi]: "xsi", [ns.encoding]: "enc", [ns.xml]: "xml" };

/**
 * Writes values as XML by the model. All prefixes that it uses are declared once, on an element around what it writes (`declarations`).
 */
export class XmlWriter {
  readonly types: Types;
  readonly #isEncoded: boolean;
  readonly #prefixes = new Map<string, string>();

  /** @param isEncoded whether each element says its type (SOAP 1.1 section 5). */
  constructor(types: Types, isEncoded: boolean) {
    this.types = types;
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

  /** What members hold of a content, in the order of the schema or of `#order`. */
  group(group: GroupNode | null, members: Members): string {
    return this.#place(group, members)
      .map((each) => ("any" in each ? each.any.map(String).join("") : this.element(each.node, each.value)))
      .join("");
  }

  #place(group: GroupNode | null, members: Members): Placed[] {
    const takesListHere = (node: ElementNode) => takesList(this.types, node);
    const ordered = memberOf(members, "#order") === undefined ? null : arrangeByOrder(group, members, takesListHere);
    return ordered && "placed" in ordered ? ordered.placed : arrange(group, members, takesListHere);
  }

  /** One element with its value. */
  element(node: ElementNode, value: unknown): string {
    const tag = this.name(node.namespace, node.name);
    if (value === null) return `<${tag} ${this.name(ns.xsi, "nil")}="true"${this.#typeAttribute(node.type)}/>`;
    const { type, name, isNamed } = typeOfValue(this.types, node, value);
    const typed = isNamed || this.#isEncoded ? this.#typeAttribute(name, isNamed) : "";
    if (type.kind === "simple") return `<${tag}${typed}>${this.#simple(type, simpleValue(value))}</${tag}>`;
    if (type.arrayOf) return this.#array(tag, name, type, value);
    const { attributes, content } = this.#complex(type, value);
    return content === "" ? `<${tag}${typed}${attributes}/>` : `<${tag}${typed}${attributes}>${content}</${tag}>`;
  }

  /** `xsi:type` for a type that arguments name. */
  namedType({ name, isNamed }: ValueType): string {
    return isNamed ? this.#typeAttribute(name, true) : "";
  }

  #typeAttribute(name: QName, isNamed = false): string {
    if ((!this.#isEncoded && !isNamed) || name.startsWith("#")) return "";
    return ` ${this.name(ns.xsi, "type")}="${this.name(namespaceOf(name), localOf(name))}"`;
  }

  #simple(type: SimpleType, value: unknown): string {
    return escapeXml(toLexical(type, value) ?? "");
  }

  #complex(type: ComplexType, value: unknown): { attributes: string; content: string } {
    if (!isMembers(value))
      return { attributes: "", content: escapeXml(toLexical({ kind: "simple", base: "string" }, value) ?? "") };
    const attributes = this.attributes(type.attributes, value, type.anyAttribute === true);
    if (type.text) {
      const text = requireType(this.types, type.text);
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
    return listUndeclared(members)
      .map(({ node, value }) => this.element(node, value))
      .join("");
  }

  /** The attributes of members, those with defaults left to the reader. */
  attributes(declared: readonly AttributeNode[], members: Members, takesAny: boolean): string {
    const known = declared.map((attribute) => {
      const { name, namespace, type, fixed, required } = attribute;
      const value = attributeValue(declared, attribute, members) ?? (required ? fixed : undefined);
      if (value === undefined || value === null) return "";
      const node = requireType(this.types, type);
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
