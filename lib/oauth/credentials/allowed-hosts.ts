import { isHostAllowed, isProtectedUrl, toHostEntry } from "#lib/platform/net/hosts.ts";
import type { CredentialType } from "./kinds.ts";

/**
 * How a credential's list of hosts came about. `pending`: an earlier version wrote it, in which an empty list allowed every host,
 * until adopt-destinations.ts lists those in use. `derived`: from the transports that admins saved. `entered`: by an admin.
 */
export type HostsState = "pending" | "derived" | "entered";

/** What decides where a credential's tokens can go. */
export type Destinations = {
  name: string;
  type: CredentialType;
  allowedHosts: readonly string[];
  hostsState?: HostsState;
};

/** Where a token can go. */
export type TokenReach = Omit<Destinations, "name">;

/** A host that a credential doesn't allow yet: its entry in the list, and the origin as people read it. */
export type MissingHost = { entry: string; origin: string };

/** Whether a credential's tokens can go to a URL: its host is listed. An empty list allows nothing. */
export function isDestinationAllowed({ type, allowedHosts, hostsState }: TokenReach, url: string): boolean {
  if (hostsState === "pending" && type === "application" && allowedHosts.length === 0) {
    return URL.canParse(url) && isProtectedUrl(new URL(url));
  }
  return isHostAllowed(url, allowedHosts);
}

/** The hosts of URLs that a credential doesn't allow yet, each once. */
export function listMissingHosts(destinations: Omit<Destinations, "name">, urls: readonly string[]): MissingHost[] {
  const missing = urls.filter((url) => isHttpUrl(url) && !isDestinationAllowed(destinations, url));
  return [...new Map(missing.map((url) => [toHostEntry(url), toMissingHost(url)])).values()];
}

function toMissingHost(url: string): MissingHost {
  return { entry: toHostEntry(url), origin: new URL(url).origin };
}

function isHttpUrl(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}

/** Explains why a token can't go to a URL. */
export function explainHost(name: string, url: string): string {
  return `${name} can't send its token to ${isHttpUrl(url) ? new URL(url).origin : url} yet.`;
}

/** Says what to add to a credential; users who can't do that ask an admin. */
export function explainRequest(name: string, entry: string, mayAllow = false): string {
  return `${mayAllow ? "Add" : "Ask an admin to add"} ${entry} to the allowed destinations of ${name}.`;
}
