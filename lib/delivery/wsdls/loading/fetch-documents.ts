import { type Import, maxDocuments, maxWsdlBytes } from "#lib/delivery/soap/imports.ts";
import type { WsdlDocument } from "#lib/delivery/soap/model.ts";
import { listImports } from "#lib/delivery/soap/untrusted.ts";
import { type OpenConnection, sendOver } from "#lib/delivery/transports/send.ts";
import { AppError, isAppError } from "#lib/platform/errors/app-error.ts";
import { findEntry, findUpload, isNamedSchema, type UploadedDocument } from "./find-upload.ts";

/** For all documents together, in milliseconds. */
const maxReadMs = 60_000;

/** An import that couldn't be read. It matters only where something needs what it defines. */
export type MissingDocument = { location: string; error: AppError };
export type Gathered = { documents: WsdlDocument[]; missing: MissingDocument[] };
type Found = Pick<WsdlDocument, "text" | "base">;

/**
 * Reads a WSDL and everything that it imports. The Authorization and the client certificate go to the WSDL's own origin and
 * nowhere else.
 * @param authorization the header of `authorize()`, if any.
 * @param timeoutMs for each document.
 * @throws AppError `wsdl_unavailable`, `wsdl_too_large`, `wsdl_import_refused`, `wsdl_invalid`, and those of lib/platform/net/request.ts
 */
export async function fetchWsdl(
  url: string,
  connection: OpenConnection,
  authorization: [string, string][],
  timeoutMs: number,
): Promise<Gathered> {
  const get = createReader(connection, { origin: new URL(url).origin, authorization }, timeoutMs);
  const location = new URL(url).href;
  const { text, base } = await get(url);
  const entry = { location, text, ...(base !== undefined && base !== url && { base }) };
  return followImports(entry, (wanted) => get(wanted.location));
}

/**
 * Puts uploaded documents together. What they import is looked for among them first; only what isn't there is requested, without
 * any Authorization.
 * @throws AppError as `fetchWsdl`
 */
export async function gatherUpload(
  uploads: readonly UploadedDocument[],
  connection: OpenConnection,
  timeoutMs: number,
): Promise<Gathered> {
  const get = createReader(connection, null, timeoutMs);
  const entry = findEntry(uploads);
  const used = new Set([entry]);
  const find = async (wanted: Import, from: WsdlDocument): Promise<Found> => {
    const name = (from.base ?? from.location).replace(/^upload:/, "");
    const upload = findUpload(uploads, wanted, uploads.find((each) => each.name === name) ?? null);
    if (upload) {
      used.add(upload);
      return { text: upload.text, base: `upload:${upload.name}` };
    }
    if (/^https?:/i.test(wanted.location)) return get(wanted.location);
    const missing = wanted.location.replace(/^upload:/, "");
    throw new AppError("wsdl_import_refused", `The WSDL imports ${missing}, which was not uploaded.`, {
      hint: `Upload ${missing} together with the WSDL.`,
    });
  };
  const gathered = await followImports({ location: `upload:${entry.name}`, text: entry.text }, find);
  // An import without a location means any schema of its namespace.
  const unnamed = uploads.filter((upload) => !used.has(upload) && isNamedSchema(upload));
  const rest = await followImports(
    unnamed.map(({ name, text }) => ({ location: `upload:${name}`, text })),
    find,
    gathered.documents,
  );
  return { documents: rest.documents, missing: [...gathered.missing, ...rest.missing] };
}

/** @param known documents that were followed before. */
async function followImports(
  entries: WsdlDocument | WsdlDocument[],
  get: (wanted: Import, from: WsdlDocument) => Promise<Found>,
  known: WsdlDocument[] = [],
): Promise<Gathered> {
  const waiting = [entries].flat();
  const documents = [...known, ...waiting];
  const missing: MissingDocument[] = [];
  const seen = new Set(documents.map(({ location }) => location));
  let bytes = documents.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  // The list grows while it is walked.
  for (const document of waiting) {
    for (const wanted of await importsOf(document, document === documents[0])) {
      const { location } = wanted;
      if (seen.has(location)) continue;
      seen.add(location);
      if (documents.length === maxDocuments) throw tooLarge(`has more than ${maxDocuments} documents`);
      const found = await get(wanted, document).catch((err: unknown) => {
        if (!isAppError(err) || err.code === "wsdl_too_large") throw err;
        missing.push({ location, error: err });
        return null;
      });
      if (!found) continue;
      bytes += Buffer.byteLength(found.text);
      if (bytes > maxWsdlBytes) throw tooLarge(`is larger than ${maxWsdlBytes / 1024 / 1024} MiB with its imports`);
      const { text, base } = found;
      const next = { location, text, ...(base !== undefined && base !== location && { base }) };
      documents.push(next);
      waiting.push(next);
    }
  }
  return { documents, missing };
}

/** Nothing for an imported document that can't be read as XML: compiling the WSDL leaves it out. */
async function importsOf(document: WsdlDocument, isEntry: boolean): Promise<Import[]> {
  try {
    return await listImports(document);
  } catch (err) {
    if (!isEntry && isAppError(err) && err.code === "wsdl_invalid") return [];
    throw err;
  }
}

function createReader(
  connection: OpenConnection,
  own: { origin: string; authorization: [string, string][] } | null,
  timeoutMs: number,
): (url: string) => Promise<Found> {
  const deadline = performance.now() + maxReadMs;
  return async (url) => {
    const isOwn = own !== null && new URL(url).origin === own.origin;
    const request = {
      method: "GET",
      url,
      headers: [
        ["accept", "text/xml, application/wsdl+xml, application/xml;q=0.9, */*;q=0.1"],
        ["user-agent", "Sallyport"],
        ...(isOwn ? own.authorization : []),
      ] as [string, string][],
      body: null,
    };
    const left = Math.ceil(deadline - performance.now());
    if (left <= 0) throw unavailable(url, "took too long with all that it imports", true);
    const clientCertificate = isOwn ? connection.clientCertificate : null;
    const limited = { ...connection, clientCertificate, maxResponseBytes: maxWsdlBytes, followRedirects: true };
    const answer = await sendOver(limited, request, Math.min(timeoutMs, left)).catch((err: unknown) => {
      throw err instanceof AppError && err.code === "response_too_large"
        ? tooLarge(`has a document larger than ${maxWsdlBytes / 1024 / 1024} MiB`)
        : err;
    });
    if (answer.status >= 200 && answer.status < 300) {
      return { text: decodeXml(answer.body, answer.headers), base: answer.redirectedTo ?? url };
    }
    throw unavailable(
      url,
      `answered ${answer.status} to the request for the WSDL`,
      answer.status >= 500,
      answer.status,
    );
  };
}

/** XML 1.0 appendix F: a byte order mark, the media type's charset (RFC 7303 section 3), the declaration, else UTF-8. */
export function decodeXml(body: Buffer, headers: readonly [string, string][]): string {
  const type = headers.find(([name]) => name === "content-type")?.[1] ?? "";
  const declared = /^<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/.exec(body.subarray(0, 200).toString("latin1"))?.[1];
  const charset = markOf(body) ?? /charset="?([\w.:-]+)/i.exec(type)?.[1] ?? declared ?? "utf-8";
  try {
    return new TextDecoder(charset).decode(body);
  } catch (cause) {
    throw new AppError(
      "wsdl_invalid",
      `The WSDL says that it is encoded as ${charset.slice(0, 40)}, which is not known.`,
      {
        hint: "Upload it in UTF-8.",
        cause,
      },
    );
  }
}

function markOf(body: Buffer): string | null {
  if (body[0] === 0xff && body[1] === 0xfe) return "utf-16le";
  return body[0] === 0xfe && body[1] === 0xff ? "utf-16be" : null;
}

function unavailable(url: string, what: string, retryable: boolean, status?: number): AppError {
  const { host, origin, pathname } = new URL(url);
  return new AppError("wsdl_unavailable", `${host} ${what} (${origin}${pathname}).`, {
    hint: "Check the URL, and whether the Authorization of the transport also counts for the WSDL. You can upload the WSDL instead.",
    retryable,
    details: status === undefined ? {} : { status },
  });
}

function tooLarge(what: string): AppError {
  return new AppError("wsdl_too_large", `The WSDL ${what}.`, {
    hint: "Upload a WSDL that has only the operations which are needed.",
  });
}
