import { eq } from "drizzle-orm";
import { alertChannels } from "#drizzle/schema/alert-channels.ts";
import { channelAad } from "#lib/platform/crypto/aad.ts";
import { openSecret } from "#lib/platform/crypto/envelope.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { getEnv } from "#lib/platform/env/env.ts";
import { AppError, notFound } from "#lib/platform/errors/app-error.ts";
import { sendRequest } from "#lib/platform/net/request.ts";
import { sendMail } from "#lib/platform/net/send-mail.ts";
import type { AlertMessage } from "./model.ts";
import { renderMail, renderSlack, renderTeams, renderWebhook } from "./render.ts";
import { signWebhook } from "./sign-webhook.ts";

/** A message on its way. `recipient` is the address of an owner, blank for the channel itself. */
export type Outgoing = { id: string; channelId: string; recipient: string; message: AlertMessage };

type Channel = typeof alertChannels.$inferSelect;

/**
 * Sends a message through its channel, once.
 * @returns what the receiver answered, for the log.
 * @throws AppError of lib/platform/net, `service_error` for another answer than 2xx, `secret_unreadable`, `not_found`
 */
export async function sendMessage(outgoing: Outgoing, now: Date): Promise<string> {
  const [channel] = await getDb().select().from(alertChannels).where(eq(alertChannels.id, outgoing.channelId));
  if (!channel) throw notFound("alert channel", outgoing.channelId);
  return channel.email ? sendAsMail(channel, channel.email, outgoing) : post(channel, outgoing, now);
}

function open(channel: Channel, field: "url" | "secret"): string | null {
  const envelope = channel[`${field}Envelope`];
  return envelope === null ? null : openSecret(envelope, channelAad(channel.id, field));
}

async function sendAsMail(
  channel: Channel,
  email: NonNullable<Channel["email"]>,
  { id, recipient, message }: Outgoing,
): Promise<string> {
  const { host, port, security, username, from } = email;
  const password = username === "" ? null : open(channel, "secret");
  // A channel that only owners hear of still has a place for its test.
  const to = recipient !== "" ? [recipient] : email.to.length > 0 ? email.to : [from];
  const { subject, text, html } = renderMail(message, id);
  return sendMail(
    { host, port, security, login: username === "" ? null : { username, password: password ?? "" } },
    {
      from,
      to,
      subject,
      text,
      html,
      messageId: `<${id}@${new URL(getEnv().url).hostname}>`,
      headers: { "X-Sallyport-Message": id, "Auto-Submitted": "auto-generated" },
    },
  );
}

async function post(channel: Channel, { id, message }: Outgoing, now: Date): Promise<string> {
  const url = open(channel, "url");
  if (url === null) throw new AppError("invalid_input", "The channel has no URL.", { hint: "Edit it and enter one." });
  const body =
    channel.kind === "teams"
      ? renderTeams(message, id)
      : channel.kind === "slack"
        ? renderSlack(message, id)
        : renderWebhook(message, id, now);
  const signature = channel.kind === "webhook" ? signWebhook(open(channel, "secret") ?? "", id, body, now) : [];
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
  const said = answer.body.toString("utf8").replaceAll(url, "[URL]").trim().slice(0, 200);
  const told = `${answer.status}${said === "" ? "" : `: ${said}`}`;
  if (answer.status >= 200 && answer.status < 300) return told;
  const permanent = answer.status === 404 || answer.status === 410;
  throw new AppError("service_error", `${new URL(url).host} answered ${told}`, {
    hint: permanent ? "The webhook is gone. Make another one there and enter its URL." : undefined,
    retryable: !permanent,
  });
}
