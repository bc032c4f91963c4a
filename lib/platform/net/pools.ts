import { Agent, type Dispatcher, Pool } from "undici";
import { getEnv } from "#lib/platform/env/env.ts";
import { singleton } from "#lib/platform/env/singleton.ts";
import { type ConnectSettings, createDirectConnector, createTunnelConnector } from "./connecting/connect.ts";
import type { ProxyChoice } from "./connecting/proxy.ts";
import { type EgressRule, parseEgress } from "./egress.ts";
import type { NetworkTrace } from "./trace.ts";
import { createTrust, digest, nameTls, type TlsSettings } from "./trust.ts";

/** Pools kept at once; the one unused for longest gives way. */
const maxPools = 200;

const getPools = () => singleton("net.pools", () => new Map<string, Dispatcher>());

/**
 * The egress policy of this process.
 * @throws AppError `configuration_invalid`
 */
export function getEgressRules(): EgressRule[] {
  return singleton("net.egress", () => parseEgress(getEnv().SALLYPORT_EGRESS));
}

/**
 * The keep-alive pool for a way out: direct, through a proxy's tunnel (https targets), or to a proxy that forwards (http
 * targets). One per proxy with its credentials, CA, client certificate and connect timeout: a connection that was made with one
 * certificate never serves a request that has another one or none.
 */
export function getPool(
  way: "direct" | "tunnel" | "forward",
  proxy: ProxyChoice | null,
  tls: TlsSettings,
  connectTimeoutMs: number,
): Dispatcher {
  const key =
    proxy === null && tls.trustedCa === null && tls.clientCertificate === null
      ? `${way} ${connectTimeoutMs}`
      : `${way} ${connectTimeoutMs} ${proxy?.url} ${digest(proxy?.authorization)} ${nameTls(tls)}`;
  const pools = getPools();
  let pool = pools.get(key);
  if (pool) return pool;
  pool = createPool(way, proxy, toSettings(tls, connectTimeoutMs));
  pools.set(key, pool);
  const [oldest] = pools.keys();
  if (pools.size > maxPools && oldest !== undefined) {
    void pools.get(oldest)?.close();
    pools.delete(oldest);
  }
  return pool;
}

/**
 * Creates a pool for one request that needs a new connection: to trace it, or because a kept one was closed. The caller
 * destroys it.
 */
export function createSinglePool(
  way: "direct" | "tunnel" | "forward",
  proxy: ProxyChoice | null,
  tls: TlsSettings,
  connectTimeoutMs: number,
  trace?: NetworkTrace,
): Dispatcher {
  return createPool(way, proxy, { ...toSettings(tls, connectTimeoutMs), trace });
}

function toSettings(tls: TlsSettings, connectTimeoutMs: number): ConnectSettings {
  const maxHeadBytes = getEnv().SALLYPORT_MAX_RESPONSE_HEADER_KIB * 1024;
  return { rules: getEgressRules(), getTrust: trustFor(tls), connectTimeoutMs, maxHeadBytes };
}

/** A client certificate is for the host; a proxy on the way is told nothing. */
function trustFor(tls: TlsSettings): ConnectSettings["getTrust"] {
  return (role) => createTrust(role === "host" ? tls : { ...tls, clientCertificate: null });
}

function createPool(
  way: "direct" | "tunnel" | "forward",
  proxy: ProxyChoice | null,
  settings: ConnectSettings,
): Dispatcher {
  // The whole timeout of a request is its abort signal; undici's own would only cut in earlier or later.
  // response-guard.ts limits the headers; for trailers undici's limit counts.
  const options = { headersTimeout: 0, bodyTimeout: 0, allowH2: false, maxHeaderSize: settings.maxHeadBytes * 2 };
  if (!proxy) return new Agent({ ...options, connect: createDirectConnector(settings, "host") });
  if (way === "tunnel") return new Agent({ ...options, connect: createTunnelConnector(proxy, settings) });
  return new Pool(proxy.url, { ...options, connect: createDirectConnector(settings, "proxy") });
}

/** Closes all connections, for the end of a process or a test. */
export async function closePools(): Promise<void> {
  const pools = [...getPools().values()];
  getPools().clear();
  await Promise.all(pools.map((pool) => pool.destroy()));
}
