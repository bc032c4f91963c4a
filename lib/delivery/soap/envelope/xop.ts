import type { Element } from "@xmldom/xmldom";
import { childElements } from "../xml/elements.ts";
import type { Part } from "./multipart.ts";

const xop = "http://www.w3.org/2004/08/xop/include";

/** How much base64 text the attachments of a response add to its data, which a receipt keeps up to 256 KiB. The rest stays links. */
const maxInlined = 128 * 1024;

/** The ID of a part without its angle brackets (RFC 2392). */
export function contentIdOf({ headers }: Part): string | null {
  return headers.get("content-id")?.trim().replace(/^<|>$/g, "") ?? null;
}

/** The content of a part without its transfer encoding (RFC 2045 section 6). */
export function decodePart({ headers, body }: Part): Buffer {
  const encoding = headers.get("content-transfer-encoding")?.trim().toLowerCase();
  if (encoding === "base64") return Buffer.from(body.toString("latin1"), "base64");
  if (encoding !== "quoted-printable") return body;
  const text = body
    .toString("latin1")
    .replace(/[ \t]+$/gm, "")
    .replace(/=\r?\n/g, "");
  return Buffer.from(
    text.replace(/=([0-9A-Fa-f]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
    "latin1",
  );
}

/**
 * Replaces references to attachments with their data in base64: `xop:Include` (XOP 1.0 section 3.2), and `href="cid:…"` of an empty
 * element (SOAP Messages with Attachments, section 4). A reference without its part becomes the link itself.
 */
export function inlineAttachments(root: Element, parts: readonly Part[]): void {
  const byId = new Map(parts.map((part) => [contentIdOf(part), part]));
  let room = maxInlined;
  const read = (href: string) => {
    const part = byId.get(idOf(href));
    if (!part || part.body.length * 2 > room) return `cid:${idOf(href)}`;
    const text = decodePart(part).toString("base64");
    room -= text.length;
    return text;
  };
  for (const include of [...root.getElementsByTagNameNS(xop, "Include")]) {
    const text = read(include.getAttribute("href") ?? "");
    include.parentNode?.replaceChild(root.ownerDocument!.createTextNode(text), include);
  }
  if (parts.length === 0) return;
  for (const element of [...root.getElementsByTagName("*")]) {
    const href = element.getAttribute("href") ?? "";
    if (!/^cid:/i.test(href) || childElements(element).length > 0 || element.textContent?.trim()) continue;
    element.textContent = read(href);
    element.removeAttribute("href");
  }
}

function idOf(href: string): string {
  const id = href.trim().replace(/^cid:/i, "");
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
