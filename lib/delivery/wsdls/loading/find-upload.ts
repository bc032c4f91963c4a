import type { Import } from "#lib/delivery/soap/imports.ts";

/** A document that a user uploaded. */
export type UploadedDocument = { name: string; text: string };

const extensions = ["", ".xsd", ".wsdl", ".xml"];

/**
 * Finds the uploaded document that an import means: by its path, by its file name or query (`Service.svc?xsd=xsd0` is often saved as
 * `xsd0.xsd`), or by its namespace.
 * @param from the document that imports it.
 */
export function findUpload(
  uploads: readonly UploadedDocument[],
  { location, namespace }: Import,
  from: UploadedDocument | null,
): UploadedDocument | null {
  const path = normalize(location);
  const exact = uploads.find(({ name }) => location.startsWith("upload:") && normalize(name) === path);
  if (exact) return exact;
  const others = uploads.filter((upload) => upload !== from);
  const isMeant = ({ text }: UploadedDocument) => namespace !== null && namespaceOf(text) === namespace;
  for (const names of listNames(path)) {
    const found = others.filter(({ name }) => names.includes(simplify(lastPart(normalize(name)))));
    const meant = found.filter(isMeant);
    const [best] = (meant.length > 0 ? meant : found).toSorted((a, b) => commonEnd(b, path) - commonEnd(a, path));
    if (best) return best;
  }
  const [only, ...more] = others.filter(isMeant);
  return only && more.length === 0 ? only : null;
}

/** The WSDL among uploaded documents: the one with a service, or else the first one. */
export function findEntry(uploads: readonly UploadedDocument[]): UploadedDocument {
  const wsdls = uploads.filter(({ text }) => rootOf(text)?.[1] === "definitions");
  return wsdls.find(({ text }) => /<(?:[\w.-]+:)?service[\s>]/.test(text)) ?? wsdls[0] ?? uploads[0]!;
}

/** Whether a document is a schema with a namespace, which imports without a location can mean. */
export const isNamedSchema = ({ text }: UploadedDocument): boolean =>
  rootOf(text)?.[1] === "schema" && (namespaceOf(text) ?? "") !== "";

/** Possible file names, in groups of decreasing precision. */
function listNames(path: string): string[][] {
  const [file = "", query] = path.split(/\?(.*)/s);
  const withExtensions = (names: string[]) => names.flatMap((name) => extensions.map((each) => simplify(name + each)));
  if (!query) return [[simplify(lastPart(file))]];
  const values = query.split("&").map((each) => lastPart(each.replace(/^[^=]*=/, "")));
  const own = /\.(xsd|wsdl|xml)$/.test(file) ? [[simplify(lastPart(file))]] : [];
  return [withExtensions([`${lastPart(file)}?${query}`]), withExtensions(values.filter(Boolean)), ...own];
}

/** Browsers replace characters in the names of the files that they save. */
const simplify = (name: string): string => name.replace(/[^\p{L}\p{N}.]+/gu, "_");
const lastPart = (path: string): string => path.split("/").at(-1)!;

function normalize(location: string): string {
  const path = location
    .replace(/^upload:/, "")
    .replace(/\\/g, "/")
    .replace(/^(\.?\/)+/, "")
    .replace(/#.*$/s, "");
  try {
    return decodeURIComponent(path).toLowerCase();
  } catch {
    return path.toLowerCase();
  }
}

/** How many folders two paths have in common at their ends. */
function commonEnd({ name }: UploadedDocument, path: string): number {
  const [one, other] = [normalize(name), path.split("?")[0]!].map((each) => each.split("/").reverse().slice(1));
  const different = one!.findIndex((part, at) => part !== other![at]);
  return different === -1 ? one!.length : different;
}

const rootOf = (text: string) => /<(?:[\w.-]+:)?(schema|definitions)\b([^>]*)>/.exec(text);
const namespaceOf = (text: string): string | null =>
  /\btargetNamespace\s*=\s*["']([^"']*)["']/.exec(rootOf(text)?.[2] ?? "")?.[1] ?? null;
