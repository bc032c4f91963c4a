import { createHash } from "node:crypto";
import { DOMParser, type Element, type Node } from "@xmldom/xmldom";

export type SoapVersion = "1.1" | "1.2";

/** Namespace and media type of each version (SOAP 1.1, SOAP 1.2 part 1). */
export const SOAP = {
  "1.1": { namespace: "http://schemas.xmlsoap.org/soap/envelope/", mediaType: "text/xml" },
  "1.2": { namespace: "http://www.w3.org/2003/05/soap-envelope", mediaType: "application/soap+xml" },
} as const;

const WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
const WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
const ADDRESSING = "http://www.w3.org/2005/08/addressing";

/** What a sender did wrong; becomes a Fault. */
export class SoapFault extends Error {
  readonly code: "Client" | "Server" | "MustUnderstand" | "VersionMismatch";
  /** A code of its own, such as `wsse:FailedAuthentication`, and its namespace. */
  readonly subcode: { name: string; namespace: string } | null;
  readonly detail: string | null;

  constructor(
    code: SoapFault["code"],
    reason: string,
    { subcode = null, detail = null }: { subcode?: SoapFault["subcode"]; detail?: string | null } = {},
  ) {
    super(reason);
    this.code = code;
    this.subcode = subcode;
    this.detail = detail;
  }
}

export const failedAuthentication = (reason: string): SoapFault =>
  new SoapFault("Client", reason, { subcode: { name: "wsse:FailedAuthentication", namespace: WSSE } });

export interface Envelope {
  version: SoapVersion;
  /** The only child of the Body. */
  payload: Element;
  /** Of a UsernameToken; null without one. */
  user: { name: string; isPassword(password: string): boolean } | null;
  /** `MessageID` of WS-Addressing. */
  messageId: string | null;
}

/** Reads an envelope as strictly as the specifications allow; throws SoapFault. */
export function readEnvelope(text: string, contentType: string): Envelope {
  const root = parse(text);
  const version = (["1.1", "1.2"] as const).find((known) => SOAP[known].namespace === root.namespaceURI);
  if (!version || root.localName !== "Envelope") throw new SoapFault("VersionMismatch", "this is no SOAP envelope");
  const type = contentType.split(";")[0]?.trim().toLowerCase();
  if (type !== SOAP[version].mediaType) {
    throw new SoapFault(
      "Client",
      `an envelope of SOAP ${version} is sent as ${SOAP[version].mediaType}, not as ${type}`,
    );
  }
  const parts = children(root);
  const names = parts.map((part) => (part.namespaceURI === root.namespaceURI ? part.localName : "?")).join(" ");
  if (names !== "Body" && names !== "Header Body") {
    throw new SoapFault("Client", `an envelope holds Header and Body, not ${names}`);
  }
  const headers = parts.length === 2 ? children(parts[0]!) : [];
  for (const header of headers) checkUnderstood(header, version);
  const payload = children(parts.at(-1)!);
  if (payload.length !== 1 || !payload[0]) throw new SoapFault("Client", "the Body holds just one element");
  const messageId = headers.find(
    ({ namespaceURI, localName }) => namespaceURI === ADDRESSING && localName === "MessageID",
  );
  return { version, payload: payload[0], user: readUser(headers), messageId: messageId?.textContent ?? null };
}

function parse(text: string): Element {
  if (/<!DOCTYPE/i.test(text)) throw new SoapFault("Client", "an envelope has no document type declaration");
  try {
    const fail = (_level: string, message: string) => {
      throw new SoapFault("Client", `the envelope is not well-formed: ${message.split("\n")[0]}`);
    };
    const { documentElement } = new DOMParser({ onError: fail }).parseFromString(text, "text/xml");
    if (documentElement) return documentElement;
  } catch (error) {
    if (error instanceof SoapFault) throw error;
    throw new SoapFault("Client", `the envelope is not well-formed: ${(error as Error).message.split("\n")[0]}`);
  }
  throw new SoapFault("Client", "there is no envelope");
}

function checkUnderstood(header: Element, version: SoapVersion): void {
  const value = header.getAttributeNS(SOAP[version].namespace, "mustUnderstand");
  const isKnown = header.namespaceURI === WSSE || header.namespaceURI === ADDRESSING;
  if ((value !== "1" && value !== "true") || isKnown) return;
  throw new SoapFault("MustUnderstand", `the header ${header.localName} is not known here`);
}

/** UsernameToken Profile 1.1.1, section 3.1: Password_Digest = Base64(SHA-1(nonce + created + password)). */
function readUser(headers: Element[]): Envelope["user"] {
  const security = headers.find(({ namespaceURI, localName }) => namespaceURI === WSSE && localName === "Security");
  const token = security && child(security, WSSE, "UsernameToken");
  if (!token) return null;
  const password = child(token, WSSE, "Password");
  const given = password?.textContent ?? "";
  const isDigest = password?.getAttribute("Type")?.endsWith("#PasswordDigest") ?? false;
  const nonce = Buffer.from(child(token, WSSE, "Nonce")?.textContent ?? "", "base64");
  const created = child(token, WSU, "Created")?.textContent ?? "";
  return {
    name: child(token, WSSE, "Username")?.textContent ?? "",
    isPassword(expected) {
      if (!isDigest) return given === expected;
      const age = Math.abs(Date.now() - Date.parse(created));
      const digest = createHash("sha1").update(nonce).update(created).update(expected).digest("base64");
      return nonce.length > 0 && age < 300_000 && digest === given;
    },
  };
}

/** Wraps the content of a Body; `relatesTo` is the MessageID that is answered. */
export function writeEnvelope(version: SoapVersion, content: string, relatesTo: string | null = null): string {
  const header = relatesTo
    ? `<soap:Header><a:RelatesTo xmlns:a="${ADDRESSING}">${escapeXml(relatesTo)}</a:RelatesTo></soap:Header>`
    : "";
  return `<?xml version="1.0" encoding="utf-8"?>\n<soap:Envelope xmlns:soap="${SOAP[version].namespace}">${header}<soap:Body>${content}</soap:Body></soap:Envelope>`;
}

/** SOAP 1.1 section 4.4, SOAP 1.2 part 1 section 5.4. */
export function writeFault(version: SoapVersion, { code, subcode, message, detail }: SoapFault): string {
  const own = subcode && `xmlns:wsse="${subcode.namespace}"`;
  if (version === "1.1") {
    const faultcode = subcode ? `<faultcode ${own}>${subcode.name}</faultcode>` : `<faultcode>soap:${code}</faultcode>`;
    const inner = detail === null ? "" : `<detail>${detail}</detail>`;
    return `<soap:Fault>${faultcode}<faultstring>${escapeXml(message)}</faultstring>${inner}</soap:Fault>`;
  }
  const value = { Client: "Sender", Server: "Receiver", MustUnderstand: code, VersionMismatch: code }[code];
  const more = subcode ? `<soap:Subcode><soap:Value ${own}>${subcode.name}</soap:Value></soap:Subcode>` : "";
  const inner = detail === null ? "" : `<soap:Detail>${detail}</soap:Detail>`;
  return `<soap:Fault><soap:Code><soap:Value>soap:${value}</soap:Value>${more}</soap:Code><soap:Reason><soap:Text xml:lang="en">${escapeXml(message)}</soap:Text></soap:Reason>${inner}</soap:Fault>`;
}

/** The elements in a node. */
export function children(node: Node): Element[] {
  return [...node.childNodes].filter((each): each is Element => each.nodeType === 1);
}

function child(node: Element, namespace: string, name: string): Element | undefined {
  return children(node).find(({ namespaceURI, localName }) => namespaceURI === namespace && localName === name);
}

export function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
