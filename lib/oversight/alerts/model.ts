import type { Successor } from "#lib/oauth/credentials/rotation-model.ts";

export const channelKinds = ["email", "teams", "slack", "webhook"] as const;
export type ChannelKind = (typeof channelKinds)[number];

/** What a channel tells: that a secret or a certificate runs out, also one of a transport, and that a credential leaves or regains Active. */
export const alertEvents = ["expiry", "status"] as const;
export type AlertEvent = (typeof alertEvents)[number];

/** How the connection to the mail server is secured: TLS from the start, STARTTLS (asked for, not hoped for), or not. */
export const mailSecurities = ["tls", "starttls", "none"] as const;
export type MailSecurity = (typeof mailSecurities)[number];

/** Of an e-mail channel; the password is sealed beside it. */
export type EmailSettings = {
  host: string;
  port: number;
  security: MailSecurity;
  /** Blank = the server wants none. */
  username: string;
  from: string;
  to: string[];
  /** Whether the owner of a credential gets a message of their own. */
  toOwner: boolean;
};

export const noticeKinds = ["expiry", "lost", "regained"] as const;
export type NoticeKind = (typeof noticeKinds)[number];

export type BadStatus = "degraded" | "action_needed";

/** What ends: of a credential the first two, of a transport the others. */
export type EndingThing = "client secret" | "certificate" | "client certificate" | "trusted CA certificate";

/** What was known when a notice was noted. Times are ISO strings. */
export type NoticeData = {
  /** Why, in words, without secrets. */
  reason: string;
  since: string;
  /** Of kind expiry: what ends, when, and the threshold in days that was reached (0 = ended). */
  ending?: { what: EndingThing; at: string; threshold: number };
  /** Of kind lost: what it is now. */
  status?: BadStatus;
  /** Of kind lost: whether the receiver heard of an earlier, lesser loss that this one took the place of. */
  heard?: boolean;
};

/** One credential or transport of a message. */
export type AlertItem = {
  kind: NoticeKind;
  /** Of kind lost: what it is now. */
  status?: BadStatus;
  /** Of an item about a credential. */
  credentialId?: string;
  /** Of an item about a transport, with its node. */
  transportId?: string;
  nodeName?: string;
  name: string;
  /** Of the credential, or of the one that the transport uses. Blank when it has none. */
  owner: string;
  /** A sentence: what is the matter. */
  text: string;
  since: string;
  /** Full days until the secret or certificate ends; negative after its end, null when nothing is known of an end. */
  daysLeft: number | null;
  transports: number;
  triggers: number;
  /** What is staged to follow the secret or certificate, left out when nothing is. */
  successor?: Successor;
  url: string;
};

/** What a channel sends, before it has the form of one. `total` counts all of them, `items` holds the first ones. */
export type AlertMessage = {
  title: string;
  /** Of a test: what it is. */
  note?: string;
  items: AlertItem[];
  total: number;
  url: string;
};

export const deliveryStatuses = ["pending", "delivered", "failed"] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

/** A channel as pages and the API show it: of its secrets only when they were set. Times are ISO strings. */
export type ChannelSummary = {
  id: string;
  version: number;
  name: string;
  kind: ChannelKind;
  enabled: boolean;
  email: EmailSettings | null;
  /** Host of the webhook's URL; the URL itself counts as a secret. */
  urlHost: string | null;
  urlSetAt: string | null;
  secretSetAt: string | null;
  nodeId: string | null;
  nodeName: string | null;
  events: AlertEvent[];
  quietMinutes: number;
  createdAt: string;
  updatedAt: string;
  /** How the last message fared, null when there was none. */
  lastDelivery: { status: DeliveryStatus; at: string } | null;
};

/** A line of the delivery log. */
export type DeliverySummary = {
  id: string;
  channelId: string;
  channelName: string;
  recipient: string;
  isTest: boolean;
  title: string;
  credentials: number;
  status: DeliveryStatus;
  attempts: number;
  nextAttemptAt: string | null;
  lastError: string | null;
  createdAt: string;
  deliveredAt: string | null;
};

export type DeliveryAttempt = {
  id: string;
  at: string;
  durationMs: number;
  outcome: "succeeded" | "failed";
  errorCode: string | null;
  description: string;
};

/** One message with each try to send it. */
export type DeliveryDetail = DeliverySummary & { message: AlertMessage; log: DeliveryAttempt[] };
