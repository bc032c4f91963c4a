import { z } from "zod";
import type { Stored } from "#lib/platform/definitions/derive.ts";
import { field } from "#lib/platform/definitions/field.ts";
import type { FieldError } from "#lib/platform/errors/app-error.ts";
import { factsOf, restOf } from "../describe-item.ts";
import type { AlertItem, AlertMessage } from "../model.ts";
import type { Letter, Parcel, StoredSecrets } from "./letter.ts";
import { secret } from "./secrets.ts";

const address = z.string().trim().max(320).pipe(z.email("Enter an e-mail address, such as plant7@example.com."));

/** `Sallyport <sallyport@example.com>` or an address alone. */
const sender = z
  .string()
  .trim()
  .max(400)
  .refine((text) => {
    const bare = /^[^<>"\r\n]*<([^<>\s]+)>$/.exec(text)?.[1] ?? text;
    return z.email().safeParse(bare).success;
  }, "Enter an address, such as sallyport@example.com or Sallyport <sallyport@example.com>.");

const portRange = "A port is from 1 to 65535.";

/** The mail server and who gets the messages; the password is sealed beside it. */
export const mailFields = {
  host: field(
    "Mail server",
    z
      .string()
      .trim()
      .min(1, "Enter the mail server.")
      .max(253)
      .regex(/^[a-z0-9._:[\]-]+$/i, "Enter a host, such as smtp.example.com, without a scheme and port."),
  ),
  port: field("Port", z.number("Enter the port.").int().min(1, portRange).max(65_535, portRange)),
  security: field(
    "Security",
    z.enum(["tls", "starttls", "none"]).meta({
      description: "tls: from the start (465). starttls: asked for and insisted on (587). none: plain.",
    }),
    {
      words: {
        tls: "TLS from the start (usually port 465)",
        starttls: "STARTTLS (usually port 587)",
        none: "None: not encrypted",
      },
    },
  ),
  username: field(
    "User",
    z.string().trim().max(320).default("").meta({ description: "Blank: the server wants none." }),
  ),
  from: field("From", sender),
  to: field("To", z.array(address).max(50, "At most 50 addresses.").default([])),
  toOwner: field(
    "Also to the owner of each credential",
    z.boolean().default(true).meta({ description: "The owner of a credential gets a message of their own." }),
  ),
};
export type EmailSettings = Stored<typeof mailFields>;

export const email = {
  label: "E-mail",
  fields: { email: field("E-mail", z.object(mailFields).nullish().meta({ description: "Of kind email." })), secret },
  secretLabel: "Password",
  complain,
  complainAboutEdit,
  build,
};

type Settings = { email?: EmailSettings | null; secret?: string | null };

function complain({ email: mail, secret: password }: Settings, stored: StoredSecrets): FieldError[] {
  if (!mail) return [{ field: "email.host", message: "Enter the mail server." }];
  const found: FieldError[] = [];
  if (!mail.toOwner && mail.to.length === 0) {
    found.push({ field: "email.to", message: "Enter an address, or let the owner get the messages." });
  }
  const keeps = password === undefined && stored.secret;
  if (mail.username && !password && !keeps) {
    found.push({ field: "secret", message: "Enter the password that belongs to the user name." });
  }
  return found;
}

/** A stored password is never sent to another mail server: who may edit may not thereby read. */
function complainAboutEdit(before: Settings, after: Settings, stored: StoredSecrets): FieldError[] {
  const from = before.email;
  const to = after.email;
  if (!from || !to || !stored.secret || after.secret !== undefined) return [];
  const lessSecure = to.security === "none" && from.security !== "none";
  if (from.host.toLowerCase() === to.host.toLowerCase() && from.port === to.port && !lessSecure) return [];
  const message = lessSecure
    ? "Enter it again: it would travel unencrypted now."
    : `Enter it again: the mail server is ${to.host}:${to.port} now, and a stored password is never sent to another one.`;
  return [{ field: "secret", message }];
}

function build(letter: Letter, settings: EmailSettings | null): Parcel {
  const { id, message, recipient } = letter;
  const { host, port, security, username, from, to } = settings!;
  return {
    server: { host, port, security, login: username === "" ? null : { username, password: letter.openSecret() } },
    mail: {
      from,
      // A channel that only owners hear of still has a place for its test.
      to: recipient !== "" ? [recipient] : to.length > 0 ? to : [from],
      ...renderMail(message, id),
      messageId: `<${id}@${letter.host}>`,
      headers: { "X-Sallyport-Message": id, "Auto-Submitted": "auto-generated" },
    },
  };
}

/** Subject and bodies of an e-mail. */
export function renderMail(message: AlertMessage, id: string): { subject: string; text: string; html: string } {
  const { title, items } = message;
  const rest = restOf(message, items.length);
  const text = [
    title,
    ...(message.note ? [message.note] : []),
    ...items.map((item) => [item.name, item.text, ...factsOf(item), item.url].join("\n")),
    ...(rest ? [rest] : []),
    `${message.url}\nMessage ${id}`,
  ].join("\n\n");
  const html = `<!doctype html><html lang="en"><body style="font-family:sans-serif;line-height:1.4">
<h1 style="font-size:1.2em">${escapeHtml(title)}</h1>
${message.note ? `<p>${escapeHtml(message.note)}</p>` : ""}${items.map(htmlOf).join("\n")}${rest ? `<p>${rest}</p>` : ""}
<p><a href="${escapeHtml(message.url)}">${escapeHtml(message.url)}</a><br><small>Message ${id}</small></p></body></html>`;
  return { subject: `[Sallyport] ${title}`.replace(/[\r\n]+/g, " ").slice(0, 200), text, html };
}

function htmlOf(item: AlertItem): string {
  const facts = factsOf(item).map(escapeHtml).join("<br>");
  return `<p><strong><a href="${escapeHtml(item.url)}">${escapeHtml(item.name)}</a></strong><br>${escapeHtml(item.text)}<br>${facts}</p>`;
}

function escapeHtml(text: string): string {
  const forms: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (sign) => forms[sign]!);
}
