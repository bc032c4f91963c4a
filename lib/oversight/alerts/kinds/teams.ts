import { factsOf, mostInChat, restOf } from "../describe-item.ts";
import type { AlertMessage } from "../model.ts";
import type { Letter, Parcel } from "./letter.ts";
import { requireUrl, url } from "./secrets.ts";

export const teams = {
  label: "Microsoft Teams",
  urlHint: "In Teams: Workflows, “Send webhook alerts to a channel”. Copy the URL that it shows.",
  fields: { url },
  complain: requireUrl,
  build: ({ message, id }: Letter): Parcel => ({ body: renderTeams(message, id) }),
};

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
