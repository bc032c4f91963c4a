import { createHash } from "node:crypto";
import { ns } from "../names.ts";
import { escapeXml } from "../xml/elements.ts";

/** A UsernameToken to send. */
export type SecurityInput = {
  username: string;
  password: string;
  passwordType: "text" | "digest";
  mustUnderstand?: boolean;
  addTimestamp?: boolean;
};

const profile = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0";
const base64 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary";
/** How long a message counts, for its timestamp. */
const lifetimeMs = 5 * 60_000;

/**
 * The header of a UsernameToken (Web Services Security UsernameToken Profile 1.1.1, section 3).
 * @param envelopePrefix prefix of the envelope's namespace. @param nonce 16 random bytes.
 */
export function writeSecurity(
  { username, password, passwordType, mustUnderstand = true, addTimestamp = false }: SecurityInput,
  { now, nonce, envelopePrefix }: { now: Date; nonce: Uint8Array; envelopePrefix: string },
): string {
  const created = now.toISOString();
  const encoded = Buffer.from(nonce).toString("base64");
  const secret =
    passwordType === "digest"
      ? createHash("sha1").update(nonce).update(created).update(password).digest("base64")
      : escapeXml(password);
  const type = passwordType === "digest" ? "PasswordDigest" : "PasswordText";
  const expires = new Date(now.getTime() + lifetimeMs).toISOString();
  const timestamp = addTimestamp
    ? `<wsu:Timestamp><wsu:Created>${created}</wsu:Created><wsu:Expires>${expires}</wsu:Expires></wsu:Timestamp>`
    : "";
  const understand = mustUnderstand ? ` ${envelopePrefix}:mustUnderstand="1"` : "";
  return `<wsse:Security xmlns:wsse="${ns.wsse}" xmlns:wsu="${ns.wsu}"${understand}>${timestamp}<wsse:UsernameToken><wsse:Username>${escapeXml(username)}</wsse:Username><wsse:Password Type="${profile}#${type}">${secret}</wsse:Password><wsse:Nonce EncodingType="${base64}">${encoded}</wsse:Nonce><wsu:Created>${created}</wsu:Created></wsse:UsernameToken></wsse:Security>`;
}

/** What WS-Addressing says of a call. */
export type AddressingInput = { to: string; messageId: string; action?: string; replyTo?: string };

/** WS-Addressing 1.0 SOAP Binding, section 3. */
export function writeAddressing({ to, messageId, action = "", replyTo }: AddressingInput): string {
  const reply = replyTo ?? `${ns.addressing}/anonymous`;
  return `<wsa:To xmlns:wsa="${ns.addressing}">${escapeXml(to)}</wsa:To><wsa:Action xmlns:wsa="${ns.addressing}">${escapeXml(action)}</wsa:Action><wsa:MessageID xmlns:wsa="${ns.addressing}">${escapeXml(messageId)}</wsa:MessageID><wsa:ReplyTo xmlns:wsa="${ns.addressing}"><wsa:Address>${escapeXml(reply)}</wsa:Address></wsa:ReplyTo>`;
}
