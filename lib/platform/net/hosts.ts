import { z } from "zod";

const label = "[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?";
const name = new RegExp(`^(\\*\\.)?${label}(\\.${label})*\\.?(:\\d{1,5})?$`, "i");
const ipv6 = /^\[[0-9a-f:.]+\](:\d{1,5})?$/i;
/** Marks a host whose connections aren't encrypted. */
const openScheme = "http://";

/**
 * A host that a token can be sent to: `orders.example.com`, `*.example.com` (any name below it), `10.0.0.7`,
 * `[2001:db8::7]`, each with an optional `:port`. Connections must use https. `http://` before the host allows http instead.
 */
export const hostPattern = z
  .string()
  .trim()
  .toLowerCase()
  .overwrite((text) => text.replace(/^https:\/\//, ""))
  .min(1)
  .max(255)
  .refine((text) => isHost(withoutScheme(text)), {
    error:
      "Enter a host such as orders.example.com, *.example.com, or orders.example.com:8443, without a path. For a service without https, enter http://orders.example.com.",
  });

function isHost(text: string): boolean {
  const { port } = splitPort(text);
  return (name.test(text) || ipv6.test(text)) && (port === null || (port >= 1 && port <= 65535));
}

/**
 * Whether a list of hosts allows a URL. An entry without a port allows each port over https; `http://` without a port
 * allows port 80. Without an `http://` entry, only hosts on this machine can be reached over http. An empty list allows nothing.
 */
export function isHostAllowed(url: string | URL, allowedHosts: readonly string[]): boolean {
  if (typeof url === "string" && !URL.canParse(url)) return false;
  const target = new URL(url);
  const host = withoutDot(target.hostname.toLowerCase());
  const isOpen = target.protocol === "http:";
  if (!isOpen && target.protocol !== "https:") return false;
  const isProtected = isProtectedUrl(target);
  const port = Number(target.port) || (isOpen ? 80 : 443);
  return allowedHosts.some((pattern) => {
    const entry = pattern.trim().toLowerCase();
    const isMarked = entry.startsWith(openScheme);
    const allowed = splitPort(withoutScheme(entry));
    const allowedPort = allowed.port ?? (isMarked ? 80 : port);
    return (isMarked ? isOpen : isProtected) && allowedPort === port && matchesHost(host, allowed.host);
  });
}

/** Whether nothing between this machine and a URL's host can read a request: it uses https, or doesn't leave the machine. */
export function isProtectedUrl({ protocol, hostname }: URL): boolean {
  return protocol === "https:" || (protocol === "http:" && isLoopback(withoutDot(hostname)));
}

function withoutScheme(entry: string): string {
  return entry.startsWith(openScheme) ? entry.slice(openScheme.length) : entry;
}

/** The entry that allows a URL: its host, marked if it uses http. */
export function toHostEntry(url: string): string {
  const { protocol, hostname, host } = new URL(url);
  return protocol === "http:" && !isLoopback(hostname) ? `${openScheme}${host}` : host;
}

/** Whether a URL's host name means this machine (RFC 6761 section 6.3, RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3). */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
    /^127(\.\d+){3}$/.test(hostname) ||
    hostname === "[::1]"
  );
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
