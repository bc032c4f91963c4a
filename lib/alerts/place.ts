/** What an envelope of a channel is bound to. */
export function channelSecretPlace(channelId: string, field: "url" | "secret"): string {
  return `alert_channels/${channelId}.${field}`;
}
