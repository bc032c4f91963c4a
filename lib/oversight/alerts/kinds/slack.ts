import { factsOf, mostInChat, restOf } from "../describe-item.ts";
import type { AlertMessage } from "../model.ts";
import type { Letter, Parcel } from "./letter.ts";
import { requireUrl, url } from "./secrets.ts";

export const slack = {
  label: "Slack",
  urlHint: "In Slack: an app with Incoming Webhooks, a webhook for the channel. Copy its URL.",
  fields: { url },
  complain: requireUrl,
  build: ({ message, id }: Letter): Parcel => ({ body: renderSlack(message, id) }),
};

/** Body of a Slack incoming webhook ("Sending messages using incoming webhooks", Block Kit). */
export function renderSlack(message: AlertMessage, id: string): string {
  const rest = restOf(message, mostInChat);
  const plain = (text: string) => ({ type: "plain_text", text, emoji: false });
  const section = (text: string) => ({ type: "section", text: { type: "mrkdwn", text: text.slice(0, 3000) } });
  const blocks = [
    { type: "header", text: plain(message.title.slice(0, 150)) },
    ...(message.note ? [section(escapeSlack(message.note))] : []),
    ...message.items
      .slice(0, mostInChat)
      .map((item) =>
        section(
          [`*<${item.url}|${escapeSlack(item.name)}>*`, escapeSlack(item.text), ...factsOf(item).map(escapeSlack)].join(
            "\n",
          ),
        ),
      ),
    ...(rest ? [section(rest)] : []),
    { type: "context", elements: [{ type: "mrkdwn", text: `<${message.url}|Open Sallyport> · Message ${id}` }] },
  ];
  return JSON.stringify({ text: escapeSlack(message.title), blocks });
}

/** "Formatting text for app surfaces": these three alone are control characters; a bar would end a link's text. */
function escapeSlack(text: string): string {
  return text
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/[*_~`|]/g, (sign) => `\u200b${sign}`);
}
