import { findImports, maxDocuments, maxWsdlBytes } from "#lib/delivery/soap/imports.ts";
import type { WsdlDocument } from "#lib/delivery/soap/model.ts";
import { type OpenConnection, sendOver } from "#lib/delivery/transports/send.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";

/** For all documents together, in milliseconds. */
const maxReadMs = 60_000;

/** A document that somebody uploaded. */
export type UploadedDocument = { name: string; text: string };

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
): Promise<WsdlDocument[]> {
  const get = createReader(connection, { origin: new URL(url).origin, authorization }, timeoutMs);
  return followImports({ location: new URL(url).href, text: await get(url) }, get);
}

/**
 * Puts uploaded documents together. What they import is looked for among them by its file name first; only what is not there
 * is asked for, without any Authorization.
 * @throws AppError as `fetchWsdl`
 */
export async function gatherUpload(
  documents: readonly UploadedDocument[],
  connection: OpenConnection,
  timeoutMs: number,
): Promise<WsdlDocument[]> {
  const get = createReader(connection, null, timeoutMs);
  const byName = new Map(documents.map((document) => [fileName(document.name), document.text]));
  const [entry] = documents;
  const start = { location: `upload:${entry!.name}`, text: entry!.text };
  return followImports(start, async (location) => {
    const text = byName.get(fileName(location));
    if (text !== undefined) return text;
    if (/^https?:/i.test(location)) return get(location);
    const name = fileName(location);
    throw new AppError("wsdl_import_refused", `The WSDL imports ${name}, which was not uploaded.`, {
      hint: `Upload ${name} beside the WSDL.`,
    });
  });
}

async function followImports(entry: WsdlDocument, get: (location: string) => Promise<string>): Promise<WsdlDocument[]> {
  const documents = [entry];
  const seen = new Set([entry.location]);
  let bytes = Buffer.byteLength(entry.text);
  // The list grows while it is walked.
  for (const document of documents) {
    for (const { location } of findImports(document)) {
      if (seen.has(location)) continue;
      seen.add(location);
      if (documents.length === maxDocuments) throw tooLarge(`has more than ${maxDocuments} documents`);
      const text = await get(location);
      bytes += Buffer.byteLength(text);
      if (bytes > maxWsdlBytes) throw tooLarge(`is larger than ${maxWsdlBytes / 1024 / 1024} MiB with its imports`);
      documents.push({ location, text });
    }
  }
  return documents;
}

function createReader(
  connection: OpenConnection,
  own: { origin: string; authorization: [string, string][] } | null,
  timeoutMs: number,
): (url: string) => Promise<string> {
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
    if (answer.status >= 200 && answer.status < 300) return decodeXml(answer.body, answer.headers);
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

/** The last part of a path, in lower case: schemas are often referred to with folders that an upload does not have. */
function fileName(location: string): string {
  const path = location.replace(/^upload:/, "").replace(/[?#].*$/s, "");
  return (path.split(/[\\/]/).at(-1) ?? path).toLowerCase();
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
