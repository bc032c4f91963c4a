import type { AlertEvent, ChannelKind, DeliveryStatus, MailSecurity } from "#lib/oversight/alerts/model.ts";

export const kindWords: Record<ChannelKind, string> = {
  email: "E-mail",
  teams: "Microsoft Teams",
  slack: "Slack",
  webhook: "Webhook",
};

export const eventWords: Record<AlertEvent, string> = {
  expiry: "Secrets and certificates that end",
  status: "Credentials that leave Active or work again",
};

/** The same where there is little room. */
export const eventNames: Record<AlertEvent, string> = { expiry: "Ends of secrets", status: "Status" };

export const eventHints: Record<AlertEvent, string> = {
  expiry: "60, 30, 14, 7 and 1 days before, and when the end has come.",
  status: "Degraded or Action needed, and the notice that it works again.",
};

export const securityWords: Record<MailSecurity, string> = {
  starttls: "STARTTLS (usually port 587)",
  tls: "TLS from the start (usually port 465)",
  none: "None: not encrypted",
};

export const deliveryWords: Record<DeliveryStatus, string> = {
  pending: "Under way",
  delivered: "Delivered",
  failed: "Failed",
};

export const labels = {
  name: "Name",
  kind: "Sent by",
  "email.host": "Mail server",
  "email.port": "Port",
  "email.security": "Security",
  "email.username": "User",
  "email.from": "From",
  "email.to": "To",
  "email.toOwner": "Also to the owner of each credential",
  email: "E-mail",
  url: "Webhook URL",
  secret: "Secret",
  nodeId: "Credentials used at",
  events: "Events",
  quietMinutes: "Tell degraded after",
  enabled: "Enabled",
} as const;

/** The label of the secret of a kind. */
export const secretLabel = (kind: ChannelKind) => (kind === "email" ? "Password" : "Signing secret");
