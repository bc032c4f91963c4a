import type { IncomingMessage } from "node:http";
import ipaddr from "ipaddr.js";
import { getEnv } from "#lib/platform/env/env.ts";

/** Set by server.ts on each request for a page, overwriting what a client sent; lib/web reads them. */
export const addressHeader = "x-sallyport-address";
export const pathHeader = "x-sallyport-path";

export type AddressRange = [ipaddr.IPv4 | ipaddr.IPv6, number];

/**
 * The address that a request comes from: the socket's, or, if that is a trusted proxy's, the last one in
 * `X-Forwarded-For` that is not (RFC 7239 section 7.4: everything before it may be made up by the client).
 * @param forwardedFor the header's value, several ones joined by commas.
 */
export function findClientAddress(
  socketAddress: string | undefined,
  forwardedFor: string | undefined,
  trustedProxies: readonly AddressRange[],
): string {
  let current = normalizeAddress(socketAddress ?? "");
  if (trustedProxies.length === 0 || forwardedFor === undefined) return current;
  const hops = forwardedFor.split(",").map((hop) => normalizeAddress(hop.trim()));
  while (isTrusted(current, trustedProxies)) {
    const hop = hops.pop();
    if (!hop) break;
    current = hop;
  }
  return current;
}

function isTrusted(address: string, ranges: readonly AddressRange[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  return ranges.some(([range, bits]) => range.kind() === parsed.kind() && parsed.match(range, bits));
}

/** `::ffff:192.0.2.7` as `192.0.2.7`; what is no address becomes the empty string. */
function normalizeAddress(text: string): string {
  const mapped = text.startsWith("::ffff:") ? text.slice(7) : text;
  if (ipaddr.IPv4.isValidFourPartDecimal(mapped)) return mapped;
  return ipaddr.isValid(text) ? ipaddr.process(text).toString() : "";
}

/** The client's address of a request to this process, as the environment's `SALLYPORT_TRUSTED_PROXIES` has it. */
export function readClientAddress(request: IncomingMessage): string {
  const forwarded = request.headers["x-forwarded-for"];
  return findClientAddress(
    request.socket.remoteAddress,
    Array.isArray(forwarded) ? forwarded.join(",") : forwarded,
    getEnv().SALLYPORT_TRUSTED_PROXIES,
  );
}

/** Hands address and path to the pages in headers that no client can set: whatever it sent is overwritten. */
export function markPageRequest(request: IncomingMessage): void {
  request.headers[addressHeader] = readClientAddress(request);
  request.headers[pathHeader] = request.url ?? "/";
}
