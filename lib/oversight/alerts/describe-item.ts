import { describeSuccessor } from "#lib/oauth/rotation/describe-successor.ts";
import type { AlertItem, AlertMessage } from "./model.ts";

/** Items in a chat message: Slack takes 50 blocks, Teams 28 KB. */
export const mostInChat = 15;

export const isTransport = (item: AlertItem) => item.transportId !== undefined;

export const countOf = (number: number, word: string) => `${number} ${word}${number === 1 ? "" : "s"}`;

/** The lines of an item beside its name and text: since when, days left, what is staged, where, owner, what it touches. */
export function factsOf(item: AlertItem): string[] {
  const what = isTransport(item) ? "Certificate" : "Secret or certificate";
  const left =
    item.daysLeft === null
      ? null
      : item.daysLeft < 0
        ? `${what}: ended`
        : `${what}: ${countOf(item.daysLeft, "day")} left`;
  return [
    item.kind === "expiry" ? null : `Since ${item.since.slice(0, 16).replace("T", " ")} UTC`,
    left,
    item.successor ? describeSuccessor(item.successor) : null,
    isTransport(item) ? `Transport on ${item.nodeName}` : null,
    `Owner: ${item.owner || "none"}`,
    isTransport(item)
      ? `Touches ${countOf(item.triggers, "trigger")}`
      : `Touches ${countOf(item.transports, "transport")} and ${countOf(item.triggers, "trigger")}`,
  ].filter((line) => line !== null);
}

/** What a message says of those that it does not name; null when it names all. */
export function restOf(message: AlertMessage, shown: number): string | null {
  const rest = message.total - Math.min(shown, message.items.length);
  return rest > 0 ? `And ${rest} more.` : null;
}
