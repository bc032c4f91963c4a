import type { ElementNode } from "../model.ts";
import type { QName } from "../names.ts";
import type { Element } from "../xml/elements.ts";
import type { SchemaCompiler } from "./schema.ts";

/** A definition of a WSDL (a message, a port type, a binding) and the document that it stands in. */
export type Definition = { element: Element; location: string };
export type Definitions = Record<"message" | "portType" | "binding", Map<QName, Definition>> & {
  services: Definition[];
};

/** What a port is compiled with. */
export type Context = { definitions: Definitions; elements: Record<QName, ElementNode>; compiler: SchemaCompiler };
