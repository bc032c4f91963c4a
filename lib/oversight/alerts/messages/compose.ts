import type { Successor } from "#lib/oauth/credentials/rotation-model.ts";
import { dayMs } from "#lib/oauth/credentials/secret-expiry.ts";
import { countOf, isTransport } from "../describe-item.ts";
import type { AlertItem, AlertMessage, NoticeData, NoticeKind } from "../model.ts";

/** Credentials and transports that a message names; the rest is a number and a link. */
export const mostItems = 50;

/** A notice with what is known of its credential or transport when the message is made. */
export type NoticeFacts = {
  kind: NoticeKind;
  data: NoticeData;
  /** Null for a notice about a transport. */
  credentialId: string | null;
  transportId: string | null;
  /** Of the transport. */
  nodeName: string | null;
  name: string;
  owner: string;
  /** When the secret or certificate ends that does so first. */
  endsAt: Date | null;
  transports: number;
  triggers: number;
  /** What is staged to follow what ends; null for a transport. */
  successor: Successor | null;
};

/**
 * Puts what is due for one receiver into one message, the worst first.
 * @param portal base URL without a slash at its end.
 */
export function composeMessage(notices: NoticeFacts[], portal: string, now: Date): AlertMessage {
  const items = notices
    .map((notice) => toItem(notice, portal, now))
    .sort(
      (one, other) =>
        rank(one) - rank(other) || (one.daysLeft ?? 0) - (other.daysLeft ?? 0) || compareNames(one, other),
    );
  const url = `${portal}/${items.every(isTransport) ? "transports" : "credentials"}`;
  return { title: titleOf(items), items: items.slice(0, mostItems), total: items.length, url };
}

/** What the Test button sends. */
export function composeTest(channelName: string, portal: string, by: string): AlertMessage {
  return {
    title: `Test of the alert channel ${channelName}`,
    items: [],
    total: 0,
    url: `${portal}/alerts`,
    note: `${by} pressed Test. Alerts of this channel arrive here.`,
  };
}

function toItem(notice: NoticeFacts, portal: string, now: Date): AlertItem {
  const { credentialId, transportId, nodeName, name, owner, kind, data, transports, triggers, successor } = notice;
  const end = data.ending ? new Date(data.ending.at) : notice.endsAt;
  return {
    kind,
    ...(data.status ? { status: data.status } : {}),
    ...(credentialId ? { credentialId } : {}),
    ...(transportId ? { transportId, nodeName: nodeName ?? "" } : {}),
    name,
    owner,
    text: sentenceOf(notice, now),
    since: data.since,
    daysLeft: end ? Math.floor((end.getTime() - now.getTime()) / dayMs) : null,
    transports,
    triggers,
    // Also of a credential that stopped working: whoever is called by it learns that the next secret is at hand.
    ...(successor ? { successor } : {}),
    url: transportId ? `${portal}/transports/${transportId}` : `${portal}/credentials/${credentialId}`,
  };
}

function sentenceOf({ kind, data }: NoticeFacts, now: Date): string {
  if (kind === "regained") return "It works again.";
  if (kind === "lost") {
    const word = data.status === "action_needed" ? "Action needed" : "Degraded";
    return `${word}: ${data.reason}`;
  }
  const { what, at } = data.ending!;
  const days = Math.floor((Date.parse(at) - now.getTime()) / dayMs);
  const day = new Date(Date.parse(at) - 1).toISOString().slice(0, 10);
  if (days < 0) return `The ${what} ended on ${day}.`;
  return `The ${what} ends on ${day}, ${days === 0 ? "within a day" : days === 1 ? "in 1 day" : `in ${days} days`}.`;
}

function rank(item: AlertItem): number {
  if (item.kind === "lost") return item.status === "action_needed" ? 0 : 1;
  return item.kind === "expiry" ? 2 : 3;
}

const compareNames = (one: AlertItem, other: AlertItem) => one.name.localeCompare(other.name, "en");

function titleOf(items: AlertItem[]): string {
  const [only] = items;
  if (items.length === 1 && only) return `${only.name}: ${only.text.replace(/\.$/, "").split(/[:.]/)[0]}`;
  const count = (kind: NoticeKind) => items.filter((item) => item.kind === kind).length;
  const transports = items.filter(isTransport).length;
  const credentials = items.length - transports;
  const parts = [
    [count("lost"), "not working", "not working"],
    [count("expiry") - transports, "with a secret that ends", "with secrets that end"],
    [transports, "with a certificate that ends", "with certificates that end"],
    [count("regained"), "working again", "working again"],
  ] as const;
  const things = [
    ...(credentials > 0 ? [countOf(credentials, "credential")] : []),
    ...(transports > 0 ? [countOf(transports, "transport")] : []),
  ];
  const told = parts
    .filter(([number]) => number > 0)
    .map(([number, one, many]) => `${number} ${number === 1 ? one : many}`);
  return `${things.join(" and ")}: ${told.join(", ")}`;
}
