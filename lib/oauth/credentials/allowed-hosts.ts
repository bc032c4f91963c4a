import { isHostAllowed } from "#lib/platform/net/hosts.ts";
import type { CredentialType } from "./kinds.ts";

/** What decides where a credential's tokens can go. */
export type Destinations = { name: string; type: CredentialType; allowedHosts: readonly string[] };

/** Where a token can go. */
export type TokenReach = Omit<Destinations, "name">;

/** Whether a credential's allowed hosts include a URL. Without allowed hosts, tokens of users go nowhere. */
export function isDestinationAllowed({ type, allowedHosts }: TokenReach, url: string): boolean {
  if (type === "user" && allowedHosts.length === 0) return false;
  return isHostAllowed(url, allowedHosts);
}

/** Explains why a token can't go to a URL. */
export function explainHost({ name, type, allowedHosts }: Destinations, url: string): string {
  const { protocol, host } = new URL(url);
  if (protocol === "http:" && isDestinationAllowed({ type, allowedHosts }, `https://${host}`)) {
    return `The token of ${name} can't be sent to ${host} over http. Use https, or add http://${host} to the credential's allowed hosts.`;
  }
  if (allowedHosts.length === 0) {
    return `The tokens of people who sign in with ${name} may not be sent to ${host}: the credential names no allowed hosts.`;
  }
  return `The token of ${name} may not be sent to ${host}; its allowed hosts are ${allowedHosts.join(", ")}.`;
}
