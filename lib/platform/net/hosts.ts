import { z } from "zod";

const label = "[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?";
const name = new RegExp(`^(\\*\\.)?${label}(\\.${label})*\\.?(:\\d{1,5})?$`, "i");
const ipv6 = /^\[[0-9a-f:.]+\](:\d{1,5})?$/i;

/**
 * A host that a token may be sent to, as a form or a program writes it: `orders.example.com`, `*.example.com` (any name
 * below it, not itself), `10.0.0.7`, `[2001:db8::7]`, each with an optional `:port`.
 */
export const hostPattern = z
  .string()
  .trim()
  .toLowerCase()
  .min(1)
  .max(255)
  .refine((text) => (name.test(text) || ipv6.test(text)) && portIsValid(text), {
    error:
      "Enter a host such as orders.example.com, *.example.com or orders.example.com:8443, without https:// or a path.",
  });

function portIsValid(text: string): boolean {
  const { port } = splitPort(text);
  return port === null || (port >= 1 && port <= 65535);
}

/**
 * Whether a token may be sent to a URL. A pattern without a port allows each port of that host; an empty list allows every
 * host (an admin narrows it).
 * @param url absolute; one that does not parse is not allowed.
 */
export function isHostAllowed(url: string | URL, allowedHosts: readonly string[]): boolean {
  if (allowedHosts.length === 0) return true;
  if (typeof url === "string" && !URL.canParse(url)) return false;
  const target = new URL(url);
  const host = withoutDot(target.hostname.toLowerCase());
  const port = Number(target.port) || (target.protocol === "https:" ? 443 : 80);
  return allowedHosts.some((pattern) => {
    const allowed = splitPort(pattern.trim().toLowerCase());
    return (allowed.port === null || allowed.port === port) && matchesHost(host, allowed.host);
  });
}

/** Whether a lower-case host is the pattern's, or below it for `*.example.com`. */
export function matchesHost(host: string, pattern: string): boolean {
  const bare = withoutDot(pattern);
  if (!bare.startsWith("*.")) return host === bare;
  return host.endsWith(bare.slice(1)) && host.length > bare.length - 1;
}

/** `host:8443` → host and port; a bare IPv6 address keeps its colons. */
export function splitPort(text: string): { host: string; port: number | null } {
  const match = /^(\[[^\]]+\]|[^:]*):(\d{1,5})$/.exec(text);
  return match ? { host: match[1]!, port: Number(match[2]) } : { host: text, port: null };
}

function withoutDot(host: string): string {
  return host.endsWith(".") ? host.slice(0, -1) : host;
}
