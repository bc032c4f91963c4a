import type { AlertEvent, DeliveryStatus } from "#lib/oversight/alerts/model.ts";

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

export const deliveryWords: Record<DeliveryStatus, string> = {
  pending: "Under way",
  delivered: "Delivered",
  failed: "Failed",
};
