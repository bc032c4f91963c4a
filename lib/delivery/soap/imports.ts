import { posix } from "node:path";
import { AppError } from "#lib/platform/errors/app-error.ts";
import type { WsdlDocument } from "./model.ts";
import { ns } from "./names.ts";
import { invalidWsdl } from "./wsdl/schema-index.ts";
import { isWellKnown } from "./wsdl/well-known.ts";
import { attribute, childElements, childrenNamed, type Element } from "./xml/elements.ts";
import { parseXml, XmlError } from "./xml/parse-xml.ts";

/** What is read of one WSDL, imports included: compiling it takes about 400 ms per MB, in a thread. */
export const maxWsdlBytes = 10 * 1024 * 1024;
export const maxDocuments = 200;

/** What a document refers to, as an absolute URL or the name of an uploaded file. */
export type Import = { location: string; namespace: string | null };

/**
 * What a WSDL or schema imports, includes or redefines.
 * @throws AppError `wsdl_import_refused` for anything but http, https and uploaded files; `wsdl_invalid`
 */
export function findImports(document: WsdlDocument): Import[] {
  const root = readDocument(document);
  const own = isSchema(root)
    ? []
    : childrenNamed(root, ns.wsdl, "import").map((each) => toImport(document, each, "location"));
  const schemas = isSchema(root) ? [root] : schemasOf(root);
  const ofSchemas = schemas.flatMap((schema) =>
    childElements(schema)
      .filter(({ localName }) => ["import", "include", "redefine"].includes(localName ?? ""))
      // The schema of a well-known namespace is the one that everybody knows, wherever it is said to be.
      .filter((each) => each.localName !== "import" || !isWellKnown(attribute(each, "namespace")))
      .map((each) => toImport(document, each, "schemaLocation")),
  );
  return [...own, ...ofSchemas].filter((each): each is Import => each !== null);
}

/**
 * The root of a document.
 * @throws AppError `wsdl_invalid` with the line
 */
export function readDocument({ location, text }: WsdlDocument): Element {
  try {
    return parseXml(text);
  } catch (err) {
    if (!(err instanceof XmlError)) throw err;
    const isPage = /^\s*(<!doctype html|<html)/i.test(text);
    const what = isPage ? "there is a web page in its place" : `it can't be read as XML: ${err.message}`;
    throw invalidWsdl(location, what, isPage ? null : err.line);
  }
}

export const isSchema = (root: Element): boolean => root.namespaceURI === ns.xsd && root.localName === "schema";

/** The schemas inside of a WSDL. */
export function schemasOf(definitions: Element): Element[] {
  return childrenNamed(definitions, ns.wsdl, "types").flatMap((types) => childrenNamed(types, ns.xsd, "schema"));
}

/** Null where nothing is named: an import of a namespace that is defined elsewhere. */
function toImport(document: WsdlDocument, element: Element, name: "location" | "schemaLocation"): Import | null {
  const text = attribute(element, name)?.trim() ?? "";
  if (text === "") return null;
  const location = resolveLocation(document.base ?? document.location, text);
  const namespace = attribute(element, "namespace");
  if (location === null) {
    throw new AppError(
      "wsdl_import_refused",
      `The WSDL imports ${shorten(text)}, which is not read (${document.location}).`,
      {
        hint: "Only http and https are followed. Upload the WSDL together with what it imports.",
      },
    );
  }
  return isWellKnown(location) ? null : { location, namespace };
}

/** Where an import leads, null for what is never read: files, ftp, and every other scheme. */
export function resolveLocation(base: string, text: string): string | null {
  if (base.startsWith("upload:")) {
    if (/^https?:\/\//i.test(text)) return URL.canParse(text) ? new URL(text).href : null;
    if (/^[a-z][a-z0-9+.-]*:|^\/\/|^\\\\/i.test(text)) return null;
    const folder = posix.dirname(base.slice("upload:".length).replaceAll("\\", "/"));
    return `upload:${posix.join(folder, text.replaceAll("\\", "/")).replace(/^\/+/, "")}`;
  }
  if (!URL.canParse(text, base)) return null;
  const url = new URL(text, base);
  url.hash = "";
  return /^https?:$/.test(url.protocol) ? url.href : null;
}

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
