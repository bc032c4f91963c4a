import { arrange, type Placed } from "../content/arrange.ts";
import { attributeValue, findAttribute } from "../content/names.ts";
import { arrangeByOrder } from "../content/order.ts";
import { listUndeclared } from "../content/undeclared.ts";
import type { AttributeNode, ComplexType, ElementNode, GroupNode, SimpleType, Types } from "../model.ts";
import { localOf, namespaceOf, ns, type QName, toQName } from "../names.ts";
import { readArray } from "../types/arrays.ts";
import { isNilWithAttributes, isReservedAttribute, readAttributeKey } from "../types/attribute-names.ts";
import { splitList } from "../types/facets.ts";
import { isQNameType, resolveQNameValue } from "../types/qname-values.ts";
import {
  arrayContent,
  isMembers,
  listElements,
  type Members,
  memberOf,
  requireType,
  simpleValue,
  takesList,
  toLexical,
  typeOfValue,
  type ValueType,
} from "../values.ts";
import { Budget } from "../xml/budget.ts";
import { escapeAttribute, escapeXml } from "../xml/elements.ts";

const wellKnown: Record<string, string> = { [ns.xsd]: "xsd", [ns.xsi]: "xsi", [ns.encoding]: "enc", [ns.xml]: "xml" };

/** How many characters a Body can have. */
const maxLength = 64 * 1024 * 1024;

/**
 * Writes values as XML by the model. All prefixes that it uses are declared once, on an element around what it writes (`declarations`).
 */
export class XmlWriter {
  readonly types: Types;
  readonly #isEncoded: boolean;
  readonly #prefixes = new Map<string, string>();
  readonly #length = new Budget("the envelope", maxLength);

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
      .map((each) => ("any" in each ? this.#any(each.any) : this.element(each.node, each.value)))
      .join("");
  }

  #any(given: unknown[]): string {
    const text = given.map(String).join("");
    this.#length.take(text.length);
    return text;
  }

  #place(group: GroupNode | null, members: Members): Placed[] {
    const takesListHere = (node: ElementNode) => takesList(this.types, node);
    const ordered = memberOf(members, "#order") === undefined ? null : arrangeByOrder(group, members, takesListHere);
    return ordered && "placed" in ordered ? ordered.placed : arrange(group, members, takesListHere, this.#length);
  }

  /** One element with its value. */
  element(node: ElementNode, value: unknown): string {
    const tag = this.name(node.namespace, node.name);
    this.#length.take(2 * tag.length + 5);
    const { type, name, isNamed } = typeOfValue(this.types, node, value);
    const typed = isNamed || this.#isEncoded ? this.#typeAttribute(name, isNamed) : "";
    if (value === null || isNilWithAttributes(value)) {
      const { attributes = [], anyAttribute = false } = type.kind === "complex" ? type : {};
      return `<${tag} ${this.name(ns.xsi, "nil")}="true"${typed}${this.attributes(attributes, value ?? {}, anyAttribute)}/>`;
    }
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
    const text = escapeXml(this.#lexical(type, toLexical(type, value) ?? ""));
    this.#length.take(text.length);
    return text;
  }

  /** The text of a value, with prefixes for the namespaces of names. */
  #lexical(type: SimpleType, text: string): string {
    if (isQNameType(type)) {
      const name = resolveQNameValue(type, text);
      return name === null ? text : this.name(namespaceOf(name), localOf(name));
    }
    const item = type.listOf ? requireType(this.types, type.listOf) : null;
    if (item?.kind !== "simple" || !isQNameType(item)) return text;
    return splitList(text)
      .map((each) => this.#lexical(item, each))
      .join(" ");
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
      const simple: SimpleType = node.kind === "simple" ? node : { kind: "simple", base: "string" };
      return this.#attribute(namespace, name, this.#lexical(simple, toLexical(simple, value) ?? ""));
    });
    if (!takesAny) return known.join("");
    const more = Object.entries(members).map(([key, value]) => {
      const isOpen = key.startsWith("@") && !isReservedAttribute(key) && findAttribute(declared, key) === null;
      const name = isOpen && value !== null ? readAttributeKey(key) : null;
      return name ? this.#attribute(name.namespace, name.local, String(value)) : "";
    });
    return known.join("") + more.join("");
  }

  #attribute(namespace: string, name: string, text: string): string {
    return ` ${this.name(namespace, name)}="${escapeAttribute(text)}"`;
  }

  /** SOAP 1.1 section 5.4.2. */
  #array(tag: string, name: QName, type: ComplexType, value: unknown): string {
    const read = readArray(type, value);
    const { items, sizes } = "problem" in read ? { items: [], sizes: [0] } : read;
    const named = `${this.#itemName(type.arrayOf!)}[${sizes.join(",")}]`;
    const arrayType = ` ${this.name(ns.encoding, "arrayType")}="${named}"`;
    const own = name.startsWith("#") ? toQName(ns.encoding, "Array") : name;
    const content = items.map((item) => this.element(arrayContent(type), item.value)).join("");
    return `<${tag}${this.#typeAttribute(own)}${arrayType}>${content}</${tag}>`;
  }

  /** The type of items as `arrayType` names it: arrays in an array add brackets to the type of their own items. */
  #itemName(name: QName): string {
    const type = requireType(this.types, name);
    if (!name.startsWith("#")) return this.name(namespaceOf(name), localOf(name));
    if (type.kind === "simple" || !type.arrayOf) return this.name(ns.xsd, "anyType");
    return `${this.#itemName(type.arrayOf)}[${",".repeat((type.arrayRank ?? 1) - 1)}]`;
  }
}
