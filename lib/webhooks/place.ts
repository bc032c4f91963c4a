/** What the envelope of a webhook's secret is bound to. */
export function webhookPlace(triggerId: string, field: "secret" | "previousSecret"): string {
  return `webhooks/${triggerId}.${field}`;
}
