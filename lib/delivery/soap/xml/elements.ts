import type { Element, Node } from "@xmldom/xmldom";
import { ns, type QName, toQName } from "../names.ts";

/** The elements in a node, in their order. */
export function childElements(node: Node): Element[] {
  const found: Element[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (child.nodeType === 1) found.push(child as Element);
  }
  return found;
}

/** The children of one name. */
export function childrenNamed(node: Node, namespace: string, local: string): Element[] {
  return childElements(node).filter((child) => child.namespaceURI === namespace && child.localName === local);
}

/** The name of an element. */
export function nameOf(element: Element): QName {
  return toQName(element.namespaceURI, element.localName ?? element.nodeName);
}

/** A QName in an attribute's value (`tns:Order`), by the namespaces that are in scope there. */
export function resolveName(element: Element, text: string): QName {
  const [prefix = "", local = ""] = text.trim().includes(":") ? text.trim().split(":", 2) : ["", text.trim()];
  const namespace = lookup(element, prefix);
  // The name stays as it is, with its undeclared prefix, so that a message shows it.
  return namespace === null && prefix !== "" ? text.trim() : toQName(namespace, local);
}

function lookup(element: Element, prefix: string): string | null {
  for (let node: Element | null = element; node && node.nodeType === 1; node = node.parentNode as Element | null) {
    const found = prefix === "" ? node.getAttribute("xmlns") : node.getAttributeNS(ns.xmlns, prefix);
    if (found !== null) return found === "" ? null : found;
  }
  return prefix === "xml" ? ns.xml : null;
}

/** An attribute without a namespace, null when it is not there. */
export function attribute(element: Element, name: string): string | null {
  return element.hasAttribute(name) ? element.getAttribute(name) : null;
}

/** The text of `documentation` in a node, in one line. */
export function findDocumentation(node: Element): string | null {
  const holders = childElements(node).flatMap((child) => {
    if (child.localName === "documentation") return [child];
    return child.localName === "annotation" ? childElements(child).filter(isDocumentation) : [];
  });
  const text = holders
    .map((each) => each.textContent ?? "")
    .join(" ")
    .replace(/\s+/g, " ")
    .trim();
  return text === "" ? null : text.slice(0, 2000);
}

const isDocumentation = (element: Element): boolean => element.localName === "documentation";

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;" };

/** Escapes text for the content of an element or of an attribute (XML 1.0 section 2.4). */
export function escapeXml(text: string): string {
  return /[&<>"\r]/.test(text) ? text.replace(/[&<>"\r]/g, (char) => entities[char]!) : text;
}

/** Escapes text for the content of an attribute, where a parser takes a line break or a tab for a space (XML 1.0 section 3.3.3). */
export function escapeAttribute(text: string): string {
  return escapeXml(text).replace(/[\t\n]/g, (char) => `&#${char.charCodeAt(0)};`);
}

const notInXml = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;

/** Whether a text can stand in XML 1.0 at all. */
export function isXmlText(text: string): boolean {
  return !notInXml.test(text);
}

export type { Element };
