import { z } from "zod";
import { complainAboutUrl } from "#lib/oauth/credentials/endpoint.ts";
import { alertEvents, channelKinds, deliveryStatuses, mailSecurities } from "./model.ts";

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

const email = z.object({
  host: z
    .string()
    .trim()
    .min(1, "Enter the mail server.")
    .max(253)
    .regex(/^[a-z0-9._:[\]-]+$/i, "Enter a host, such as smtp.example.com, without a scheme and port."),
  port: z
    .number("Enter the port.")
    .int()
    .min(1, "A port is from 1 to 65535.")
    .max(65_535, "A port is from 1 to 65535."),
  security: z
    .enum(mailSecurities)
    .meta({ description: "tls: from the start (465). starttls: asked for and insisted on (587). none: plain." }),
  username: z.string().trim().max(320).default("").meta({ description: "Blank: the server wants none." }),
  from: sender,
  to: z.array(address).max(50, "At most 50 addresses.").default([]),
  toOwner: z.boolean().default(true).meta({ description: "The owner of a credential gets a message of their own." }),
});

/** Why a signing secret is none, null when it is. */
export function complainAboutSigningSecret(text: string): string | null {
  const short = "A signing secret has at least 24 bytes. Press Generate, or enter whsec_ and base64.";
  if (!text.startsWith("whsec_")) return new TextEncoder().encode(text).length < 24 ? short : null;
  const base64 = text.slice(6);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return "What follows whsec_ must be base64.";
  return (base64.replace(/=+$/, "").length * 3) / 4 < 24 ? short : null;
}

const fields = {
  name: z.string().trim().min(1, "Enter a name.").max(100, "A name has at most 100 characters."),
  kind: z.enum(channelKinds, "Choose how the alerts are sent."),
  email: email.nullish().meta({ description: "Of kind email." }),
  url: z
    .string()
    .trim()
    .max(2000, "A URL has at most 2,000 characters.")
    .superRefine((text, context) => {
      const message = complainAboutUrl(text);
      if (message) context.addIssue({ code: "custom", message });
    })
    .optional()
    .meta({ description: "Of the other kinds: the webhook's URL. Write-only, since whoever knows it may post." }),
  secret: z.string().max(1000).nullish().meta({
    description:
      "Write-only: password at the mail server, or what a generic webhook is signed with (Standard Webhooks). Left out keeps the stored one, null removes it.",
  }),
  nodeId: z
    .uuid("Choose a node.")
    .nullable()
    .meta({ description: "Only credentials that transports on this node and under it use; null: all." }),
  events: z
    .array(z.enum(alertEvents))
    .min(1, "Choose at least one event.")
    .transform((events) => alertEvents.filter((event) => events.includes(event)))
    .meta({
      description:
        "expiry: 60, 30, 14, 7 and 1 days before a secret or certificate ends, a transport's too, and when it has. status: a credential leaves Active or works again.",
    }),
  quietMinutes: z
    .number("Enter minutes.")
    .int("Enter whole minutes.")
    .min(0)
    .max(1440, "At most 1,440 minutes (a day).")
    .meta({ description: "How long a credential must be degraded before that is told." }),
  enabled: z.boolean(),
};

type Checked = { kind?: unknown; email?: unknown; url?: unknown; secret?: string | null | undefined };

/** What a kind needs. `stored` says which secrets are there already. */
export function complainAboutChannel(input: Checked, stored: { url: boolean; secret: boolean }) {
  const found: { field: string; message: string }[] = [];
  const mail = input.email as { to?: string[]; toOwner?: boolean; username?: string } | null | undefined;
  if (input.kind === "email") {
    if (!mail) found.push({ field: "email.host", message: "Enter the mail server." });
    else if (!mail.toOwner && (mail.to ?? []).length === 0) {
      found.push({ field: "email.to", message: "Enter an address, or let the owner get the messages." });
    }
    const keeps = input.secret === undefined && stored.secret;
    if (mail?.username && !input.secret && !keeps) {
      found.push({ field: "secret", message: "Enter the password that belongs to the user name." });
    }
  } else if (input.kind !== undefined) {
    if (!input.url && !stored.url) found.push({ field: "url", message: "Enter the webhook's URL." });
  }
  if (input.kind === "webhook") {
    const keeps = input.secret === undefined && stored.secret;
    const message = keeps ? null : complainAboutSigningSecret(input.secret ?? "");
    if (message) found.push({ field: "secret", message });
  }
  return found;
}

const withDefaults = z.object({
  ...fields,
  nodeId: fields.nodeId.default(null),
  events: fields.events.default([...alertEvents]),
  quietMinutes: fields.quietMinutes.default(5),
  enabled: fields.enabled.default(true),
});

/** A new channel, as the form, the action and the API take it. */
export const channelInput = withChannelRules({ url: false, secret: false });
export type ChannelInput = z.input<typeof channelInput>;
export type ChannelFields = z.output<typeof channelInput>;

/** The same for a channel that has secrets stored already. */
export function withChannelRules(stored: { url: boolean; secret: boolean }) {
  return withDefaults.superRefine((input, context) => {
    for (const { field, message } of complainAboutChannel(input, stored)) {
      context.addIssue({ code: "custom", path: field.split("."), message });
    }
  });
}

/** An edit: the version that it was made from, and the fields to change. The kind stays. */
export const channelUpdate = z.object(fields).omit({ kind: true }).partial().extend({ version: z.int32().positive() });
export type ChannelUpdate = z.output<typeof channelUpdate>;

export const channelQuery = z.object({
  sort: z.enum(["name", "-name"]).default("name"),
  cursor: z.string().max(2000).optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(200).default(50),
});
export type ChannelQuery = z.input<typeof channelQuery>;

export const deliveryQuery = z.object({
  channelId: z.uuid().optional(),
  status: z.enum(deliveryStatuses).optional(),
  cursor: z.string().max(2000).optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(200).default(50),
});
export type DeliveryQuery = z.input<typeof deliveryQuery>;
