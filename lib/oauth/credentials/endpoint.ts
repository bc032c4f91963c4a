import { isLoopback } from "#lib/platform/net/hosts.ts";
import { completeEndpointUrl, deriveEntraUrls, type EntraUrls, isEntraHost } from "./entra-url.ts";
import { describeHidden } from "./input/hidden-characters.ts";
import type { Provider } from "./kinds.ts";

/** The provider that an endpoint URL's host tells; `generic` for every host that is not Microsoft's. */
export function providerOfEndpoint(endpointUrl: string): Provider {
  return URL.canParse(endpointUrl) && isEntraHost(new URL(endpointUrl).hostname) ? "entra" : "generic";
}

/** The provider that was chosen, or else the one that the endpoint's host tells. */
export function providerOf(from: { endpointUrl: string; provider?: unknown }): Provider {
  return from.provider === "entra" || from.provider === "generic"
    ? from.provider
    : providerOfEndpoint(from.endpointUrl);
}

/** Completes the endpoint URL of fields that were entered. */
export function completeEndpoint<T extends { endpointUrl: string; provider?: unknown }>(fields: T): T {
  return { ...fields, endpointUrl: completeEndpointUrl(fields.endpointUrl, fields.provider).url };
}

/** The URLs that follow from the endpoint of an Entra tenant, null for another provider. */
export function derivedUrls(from: { endpointUrl: string; provider?: unknown }): EntraUrls | null {
  return providerOf(from) === "entra" ? deriveEntraUrls(from.endpointUrl) : null;
}

/**
 * What is wrong with a URL that secrets or people are sent to, in words, null when nothing is: https everywhere (RFC 6749
 * section 3.2), http only to this machine, no user and password inside, no fragment, no placeholder left.
 */
export function complainAboutUrl(text: string): string | null {
  const hidden = describeHidden(text);
  if (hidden) return hidden;
  const placeholder = /[{<](.*?)[}>]/.exec(text);
  if (placeholder) return `Put the real value in place of ${placeholder[0]}.`;
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return "Enter a whole URL that begins with https://.";
  const url = new URL(text);
  if (url.username || url.password) return "Leave user and password out of the URL.";
  if (url.hash) return "Leave out the part from # on.";
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    return "Use https. Without it the secret would travel readable; http is only for this machine (localhost).";
  }
  return null;
}

/** `complainAboutUrl`, and that the URL is no metadata document. */
export function complainAboutEndpoint(text: string): string | null {
  const complaint = complainAboutUrl(text);
  if (complaint) return complaint;
  if (new URL(text).pathname.includes("/.well-known/")) {
    return "This is the discovery document. Enter the token endpoint that it names (token_endpoint).";
  }
  return null;
}

/** Scheme, host and port of a URL; the text itself when it is none. */
export function originOf(text: string): string {
  return URL.canParse(text) ? new URL(text).origin : text;
}
