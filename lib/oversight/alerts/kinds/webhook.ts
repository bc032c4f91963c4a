import type { FieldError } from "#lib/platform/errors/app-error.ts";
import type { AlertMessage } from "../model.ts";
import type { Letter, Parcel, StoredSecrets } from "./letter.ts";
import { requireUrl, secret, url } from "./secrets.ts";

export const webhook = {
  label: "Webhook",
  urlHint: "Where the message is posted as JSON, signed after Standard Webhooks.",
  fields: { url, secret },
  secretLabel: "Signing secret",
  complain,
  complainAboutEdit,
  build: ({ message, id, sentAt, openSecret }: Letter): Parcel => ({
    body: renderWebhook(message, id, sentAt),
    signingKey: openSecret(),
  }),
};

function complain(input: { url?: string; secret?: string | null }, stored: StoredSecrets): FieldError[] {
  const keeps = input.secret === undefined && stored.secret;
  const message = keeps ? null : complainAboutSigningSecret(input.secret ?? "");
  return [...requireUrl(input, stored), ...(message ? [{ field: "secret", message }] : [])];
}

type Settings = { url?: string; secret?: string | null };

/** A stored signing secret signs nothing for another server. */
function complainAboutEdit(before: { urlHost?: string | null }, after: Settings, stored: StoredSecrets): FieldError[] {
  if (!after.url || !stored.secret || after.secret !== undefined) return [];
  const { host } = new URL(after.url);
  if (host === before.urlHost) return [];
  return [{ field: "secret", message: `Enter it again: the webhook is now at ${host}.` }];
}

/** Why a signing secret is none, null when it is. */
function complainAboutSigningSecret(text: string): string | null {
  const short = "A signing secret has at least 24 bytes. Press Generate, or enter whsec_ and base64.";
  if (!text.startsWith("whsec_")) return new TextEncoder().encode(text).length < 24 ? short : null;
  const base64 = text.slice(6);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return "What follows whsec_ must be base64.";
  return (base64.replace(/=+$/, "").length * 3) / 4 < 24 ? short : null;
}

/** Body of a generic webhook: the message as it is, with its id. */
export function renderWebhook(message: AlertMessage, id: string, sentAt: Date): string {
  const type = message.items.length === 0 ? "sallyport.test" : "sallyport.credential_alert";
  return JSON.stringify({ type, id, timestamp: sentAt.toISOString(), data: message });
}
