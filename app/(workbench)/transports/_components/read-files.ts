import type { UploadedFile } from "./soap-values.ts";

/** Endings and media types of a WSDL and what it imports. */
export const wsdlFileTypes = ".wsdl,.xsd,.xml,.asmx,text/xml,application/xml";

/** Reads files as text, each in the encoding that it declares, and puts the WSDL before what it imports. */
export async function readFiles(files: Iterable<File>): Promise<UploadedFile[]> {
  const read = await Promise.all(
    [...files].map(async (file) => ({ name: file.name, text: decodeXml(new Uint8Array(await file.arrayBuffer())) })),
  );
  return putWsdlFirst(read);
}

/**
 * The text of an XML document: by its byte order mark, else by the encoding that it declares, else UTF-8 (XML 1.0
 * section 4.3.3).
 */
export function decodeXml(bytes: Uint8Array): string {
  const marks: [number[], string][] = [
    [[0xef, 0xbb, 0xbf], "utf-8"],
    [[0xff, 0xfe], "utf-16le"],
    [[0xfe, 0xff], "utf-16be"],
  ];
  const marked = marks.find(([mark]) => mark.every((byte, index) => bytes[index] === byte));
  const start = String.fromCharCode(...bytes.subarray(0, 200));
  const declared = /^<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/.exec(start)?.[1];
  try {
    return new TextDecoder(marked?.[1] ?? declared ?? "utf-8").decode(bytes);
  } catch {
    // An encoding that the browser does not know; the server says what it can't read.
    return new TextDecoder().decode(bytes);
  }
}

/** The WSDL that has a service comes first, else any WSDL. */
export function putWsdlFirst<T extends UploadedFile>(files: T[]): T[] {
  const rank = ({ text }: T) => (!/<(?:[\w.-]+:)?definitions[\s>]/.test(text) ? 2 : hasService(text) ? 0 : 1);
  return files
    .map((file) => ({ file, at: rank(file) }))
    .sort((a, b) => a.at - b.at)
    .map(({ file }) => file);
}

function hasService(text: string): boolean {
  return /<(?:[\w.-]+:)?service[\s>]/.test(text);
}
