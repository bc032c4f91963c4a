import { eq } from "drizzle-orm";
import { alertChannels } from "#drizzle/schema/alert-channels.ts";
import { channelAad } from "#lib/platform/crypto/aad.ts";
import { openSecret } from "#lib/platform/crypto/envelope.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { getEnv } from "#lib/platform/env/env.ts";
import { AppError, notFound } from "#lib/platform/errors/app-error.ts";
import { sendRequest } from "#lib/platform/net/request.ts";
import { sendMail } from "#lib/platform/net/send-mail.ts";
import { channelKinds } from "../kinds.ts";
import type { AlertMessage } from "../model.ts";
import { signWebhook } from "./sign-webhook.ts";

/** A message on its way. `recipient` is the address of an owner, blank for the channel itself. */
export type Outgoing = { id: string; channelId: string; recipient: string; message: AlertMessage };

/**
 * Sends a message through its channel, once.
 * @returns the status that the receiver responded with, for the log.
 * @throws AppError of lib/platform/net, `service_error` for another answer than 2xx, `secret_unreadable`, `not_found`
 */
export async function sendMessage(outgoing: Outgoing, now: Date): Promise<string> {
  const [channel] = await getDb().select().from(alertChannels).where(eq(alertChannels.id, outgoing.channelId));
  if (!channel) throw notFound("alert channel", outgoing.channelId);
  const { id } = outgoing;
  const open = (field: "url" | "secret") => {
    const envelope = channel[`${field}Envelope`];
    return envelope === null ? "" : openSecret(envelope, channelAad(channel.id, field));
  };
  const host = new URL(getEnv().url).hostname;
  const letter = { ...outgoing, sentAt: now, host, openSecret: () => open("secret") };
  const parcel = channelKinds[channel.kind].build(letter, channel.email);
  if ("mail" in parcel) return sendMail(parcel.server, parcel.mail);
  const { body, signingKey } = parcel;
  return post(open("url"), body, signingKey === undefined ? [] : signWebhook(signingKey, id, body, now));
}

async function post(url: string, body: string, signature: [string, string][]): Promise<string> {
  if (url === "") throw new AppError("invalid_input", "The channel has no URL.", { hint: "Edit it and enter one." });
  const answer = await sendRequest({
    url,
    method: "POST",
    headers: [["content-type", "application/json"], ["user-agent", "Sallyport"], ...signature],
    body,
    proxy: { mode: "environment" },
    trustedCa: null,
    connectTimeoutMs: 5000,
    timeoutMs: 15_000,
    maxResponseBytes: 65_536,
  });
  // A receiver might repeat the URL or the signature, so nothing of its response is kept but the status.
  if (answer.status >= 200 && answer.status < 300) return `${answer.status}`;
  const permanent = answer.status === 404 || answer.status === 410;
  throw new AppError("service_error", `${new URL(url).host} answered ${answer.status}.`, {
    hint: permanent ? "The webhook is gone. Make another one there and enter its URL." : undefined,
    retryable: !permanent,
  });
}
