import { factsOf, restOf } from "./compose.ts";
import type { AlertItem, AlertMessage } from "./model.ts";

// A message in the form of each channel. Pure; what stands in a name or a reason is data and never markup.

/** Credentials in a chat message: Slack takes 50 blocks, Teams 28 KB. */
const mostInChat = 15;

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

/** Body for a Teams workflow "When a Teams webhook request is received": an adaptive card. */
export function renderTeams(message: AlertMessage, id: string): string {
  const rest = restOf(message, mostInChat);
  const block = (text: string, more: Record<string, unknown> = {}) => ({
    type: "TextBlock",
    text: escapeCard(text).slice(0, 1000),
    wrap: true,
    ...more,
  });
  const body = [
    block(message.title, { size: "large", weight: "bolder" }),
    ...(message.note ? [block(message.note)] : []),
    ...message.items.slice(0, mostInChat).map((item) => ({
      type: "Container",
      separator: true,
      items: [
        block(item.name, { weight: "bolder" }),
        block(item.text),
        ...factsOf(item).map((line) => block(line, { isSubtle: true, spacing: "none" })),
      ],
      selectAction: { type: "Action.OpenUrl", title: item.name, url: item.url },
    })),
    ...(rest ? [block(rest)] : []),
    block(`Message ${id}`, { isSubtle: true, size: "small" }),
  ];
  const card = {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version: "1.4",
    body,
    actions: [{ type: "Action.OpenUrl", title: "Open Sallyport", url: message.url }],
  };
  return JSON.stringify({
    type: "message",
    attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content: card }],
  });
}

/** A text block reads a little Markdown; its signs are taken by their word. */
function escapeCard(text: string): string {
  return text.replace(/[\\*_[\]`#]/g, (sign) => `\\${sign}`);
}

/** Body of a generic webhook: the message as it is, with its id. */
export function renderWebhook(message: AlertMessage, id: string, sentAt: Date): string {
  const type = message.items.length === 0 ? "sallyport.test" : "sallyport.credential_alert";
  return JSON.stringify({ type, id, timestamp: sentAt.toISOString(), data: message });
}
