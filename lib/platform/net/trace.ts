import { isIP, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { type PeerCertificate, readPeerCertificate } from "./peer-certificate.ts";

/** What was seen of the way to one server. Times in milliseconds; null where it did not come to that. */
export type HopTrace = {
  host: string;
  port: string;
  /** What the name resolved to; the host itself when it is an address. */
  addresses: string[];
  lookupMs: number | null;
  /** Addresses that were dialled, in order. */
  dialled: string[];
  /** The address that took the connection. */
  address: string | null;
  connectMs: number | null;
  isSecure: boolean;
  /** What the server showed, whether it is trusted or not. */
  tls: { protocol: string; certificate: PeerCertificate | null; ms: number } | null;
  /** Whether a request could be sent. */
  isOpen: boolean;
};

/** What was seen of one request's way, for who wants to know where it ends. Holds no secret. */
export type NetworkTrace = {
  /** Straight, through a proxy's CONNECT, or to a proxy that forwards; null before that is known. */
  way: "direct" | "tunnel" | "forward" | null;
  /** The proxy's URL without user and password; null with the reason beside it. */
  proxy: string | null;
  noProxyReason: string | null;
  toProxy: HopTrace | null;
  /** What the proxy answered to CONNECT. */
  tunnel: { status: number; ms: number } | null;
  /** Null when a proxy that forwards stands in between. */
  toHost: HopTrace | null;
  /** `date` is the header, null without one; `at` the middle of the request, in milliseconds since 1970. */
  answer: { status: number; ms: number; date: string | null; at: number } | null;
};

/** A trace of nothing yet, to hand to `sendRequest`. */
export function startTrace(): NetworkTrace {
  return { way: null, proxy: null, noProxyReason: null, toProxy: null, tunnel: null, toHost: null, answer: null };
}

/** A hop that is about to be made. */
export function startHop(host: string, port: string, isSecure: boolean): HopTrace {
  return {
    host,
    port,
    addresses: [],
    lookupMs: null,
    dialled: [],
    address: null,
    connectMs: null,
    isSecure,
    tls: null,
    isOpen: false,
  };
}

/** Notes what happens to a socket that is being connected, or that does TLS over another one. */
export function watchSocket(socket: Socket, hop: HopTrace, readsCertificate: boolean): void {
  let since = performance.now();
  const lap = () => {
    const now = performance.now();
    const ms = now - since;
    since = now;
    return ms;
  };
  socket.on("connectionAttempt", (address: string) => {
    if (hop.dialled.length === 0) {
      const ms = lap();
      if (!isIP(hop.host)) hop.lookupMs ??= ms;
    }
    hop.dialled.push(address);
  });
  socket.once("connect", () => {
    hop.connectMs = lap();
    hop.address = socket.remoteAddress ?? null;
  });
  if (!(socket instanceof TLSSocket)) return;
  // Before Node's own listener, which destroys a connection whose certificate it does not trust.
  socket.prependOnceListener("secure", () => {
    const certificate = readsCertificate ? readPeerCertificate(socket) : null;
    hop.tls = { protocol: socket.getProtocol() ?? "TLS", certificate, ms: lap() };
  });
}

/** Whether the way is open up to the server: what fails from here on is the server's answer. */
export function isWayOpen({ way, toProxy, toHost }: NetworkTrace): boolean {
  return (way === "forward" ? toProxy : toHost)?.isOpen ?? false;
}
