import { lookup as resolve } from "node:dns";
import { isIP, type LookupFunction, type Socket } from "node:net";
import type { SecureContext } from "node:tls";
import { buildConnector, Pool } from "undici";
import { AppError, isAppError } from "#lib/platform/errors/app-error.ts";
import { checkEgress, type EgressRule } from "../egress.ts";
import { explainConnectFailure } from "../exchange/failure.ts";
import { guardResponses } from "../exchange/response-guard.ts";
import { type HopTrace, type NetworkTrace, startHop, watchSocket } from "../trace.ts";
import type { ProxyChoice } from "./proxy.ts";
import { brokenProxy, refusedByProxy } from "./proxy-failure.ts";
import type { Peer } from "./tls-failure.ts";
import { findWatching } from "./watch-connecting.ts";

export type ConnectSettings = {
  rules: readonly EgressRule[];
  /** Asked for when the first TLS connection is made. A client certificate is for the host, never for a proxy on the way. */
  getTrust: (role: Peer["role"]) => SecureContext;
  connectTimeoutMs: number;
  /** Limit for the status line and the headers of a response. */
  maxHeadBytes: number;
  /** Notes how the one connection comes about. */
  trace?: NetworkTrace | undefined;
};

/** `egress_denied` for a host, with the reason of the policy. */
export function egressDenied(host: string, port: number | string, reason: string): AppError {
  return new AppError("egress_denied", `Sallyport may not connect to ${host}:${port}: ${reason}.`, {
    hint: "The operator of Sallyport sets in SALLYPORT_EGRESS where it may connect to.",
  });
}

/**
 * Connects straight to the host. The addresses that the policy allows are the ones dialled: it is asked inside the
 * lookup, so a name can't change its address between check and use.
 */
export function createDirectConnector(settings: ConnectSettings, role: Peer["role"]): buildConnector.connector {
  const connectors = new Map<string, buildConnector.connector>();
  return (target, callback) => {
    const port = target.port || (target.protocol === "https:" ? "443" : "80");
    const trace = settings.trace ?? findWatching();
    const hop = noteHop(trace, role, target.hostname, port, target.protocol === "https:");
    const fail = (err: unknown) => {
      callback(explainConnectFailure(err, { host: target.hostname, port, role }, settings.connectTimeoutMs), null);
    };
    if (isIP(target.hostname)) {
      hop?.addresses.push(target.hostname);
      const request = { host: target.hostname, address: target.hostname, port: Number(port) };
      const reason = checkEgress(settings.rules, request);
      if (reason) return fail(egressDenied(target.hostname, port, reason));
    }
    const isSecure = target.protocol === "https:";
    const key = `${target.protocol}${port}`;
    let connector = connectors.get(key);
    if (!connector) {
      connector = buildConnector({
        timeout: settings.connectTimeoutMs,
        allowH2: false,
        lookup: createCheckedLookup(settings.rules, Number(port), settings.trace ? hop : null),
        // Also where NODE_TLS_REJECT_UNAUTHORIZED says otherwise.
        rejectUnauthorized: true,
        ...(isSecure ? { secureContext: settings.getTrust(role) } : {}),
      });
      connectors.set(key, connector);
    }
    // undici takes the name for TLS from the Host header, which names what is behind a proxy and not the proxy.
    const servername = isIP(target.hostname) ? undefined : target.hostname;
    const dialled = role === "proxy" ? { ...target, servername } : target;
    dial(connector, dialled, hop, settings, (err, socket) => {
      if (err) return fail(err);
      guardResponses(socket as Socket, settings.maxHeadBytes);
      callback(null, socket as Socket);
    });
  };
}

/** Connects, and notes on the way what happens to the socket. */
function dial(
  connector: buildConnector.connector,
  target: buildConnector.Options,
  hop: HopTrace | null,
  settings: ConnectSettings,
  callback: buildConnector.Callback,
): void {
  // The connector returns its socket, which its type does not say.
  const socket: unknown = connector(target, (...outcome) => {
    if (hop && !outcome[0]) hop.isOpen = true;
    callback(...outcome);
  });
  if (hop && socket) watchSocket(socket as Socket, hop, settings.trace !== undefined);
}

function noteHop(
  trace: NetworkTrace | undefined,
  role: Peer["role"],
  host: string,
  port: string,
  isSecure: boolean,
): HopTrace | null {
  if (!trace) return null;
  const hop = startHop(host, port, isSecure);
  if (role === "proxy") trace.toProxy = hop;
  else trace.toHost = hop;
  return hop;
}

/** A lookup that gives only addresses which the policy allows: what was checked is what is dialled. */
export function createCheckedLookup(rules: readonly EgressRule[], port: number, hop: HopTrace | null): LookupFunction {
  return (host, options, callback) => {
    const startedAt = performance.now();
    resolve(host, { ...options, all: true }, (err, addresses) => {
      if (hop) {
        hop.lookupMs = performance.now() - startedAt;
        hop.addresses.push(...(err ? [] : addresses.map(({ address }) => address)));
      }
      if (err) return callback(err, []);
      const reasons = addresses.map(({ address }) => checkEgress(rules, { host, address, port }));
      const allowed = addresses.filter((_, index) => reasons[index] === null);
      const first = allowed[0];
      if (!first) return callback(egressDenied(host, port, reasons[0] ?? "it has no address"), []);
      if (options.all) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

/**
 * Connects through an HTTP proxy's CONNECT (RFC 9110 section 9.3.6), then TLS inside the tunnel. The proxy resolves the
 * name; the policy was asked about it before (behind-proxy.ts).
 */
export function createTunnelConnector(proxy: ProxyChoice, settings: ConnectSettings): buildConnector.connector {
  const toProxy = new Pool(proxy.url, {
    connect: createDirectConnector(settings, "proxy"),
    headersTimeout: settings.connectTimeoutMs,
    maxHeaderSize: settings.maxHeadBytes * 2,
  });
  const secure = buildConnector({
    timeout: settings.connectTimeoutMs,
    allowH2: false,
    rejectUnauthorized: true,
    secureContext: settings.getTrust("host"),
  });
  return (target, callback) => {
    const port = target.port || "443";
    const fail = (err: unknown) => {
      callback(
        explainConnectFailure(err, { host: target.hostname, port, role: "host" }, settings.connectTimeoutMs),
        null,
      );
    };
    const trace = settings.trace ?? findWatching();
    openTunnel(toProxy, proxy, target.hostname, port, settings, trace).then((socket) => {
      const hop = noteHop(trace, "host", target.hostname, port, true);
      dial(secure, { ...target, httpSocket: socket }, hop, settings, (err, secured) => {
        if (err) return fail(err);
        guardResponses(secured as Socket, settings.maxHeadBytes);
        callback(null, secured as Socket);
      });
    }, fail);
  };
}

async function openTunnel(
  toProxy: Pool,
  proxy: ProxyChoice,
  hostname: string,
  port: string,
  settings: ConnectSettings,
  trace: NetworkTrace | undefined,
): Promise<Socket> {
  const host = `${isIP(hostname) === 6 ? `[${hostname}]` : hostname}:${port}`;
  const startedAt = performance.now();
  try {
    const { statusCode, headers, socket } = await toProxy.connect({
      path: host,
      headers: { host, ...(proxy.authorization ? { "proxy-authorization": proxy.authorization } : {}) },
      signal: AbortSignal.timeout(settings.connectTimeoutMs),
    });
    if (trace) {
      const { lookupMs, connectMs, tls } = trace.toProxy ?? {};
      const before = (lookupMs ?? 0) + (connectMs ?? 0) + (tls?.ms ?? 0);
      trace.tunnel = { status: statusCode, ms: Math.max(0, performance.now() - startedAt - before) };
    }
    if (statusCode >= 200 && statusCode < 300) return socket as Socket;
    socket.on("error", () => undefined).destroy();
    const challenges = headers["proxy-authenticate"];
    throw refusedByProxy(proxy, statusCode, host, [challenges ?? []].flat());
  } catch (cause) {
    if (isAppError(cause)) throw cause;
    throw brokenProxy(proxy, host, settings.connectTimeoutMs, cause);
  }
}
