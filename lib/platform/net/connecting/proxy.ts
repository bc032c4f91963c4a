import ipaddr from "ipaddr.js";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { splitPort } from "../hosts.ts";
import type { OpenProxySettings } from "../proxy-settings.ts";

/** A proxy to dial. `url` has no credentials and is fit to be shown; `authorization` is the header's value or null. */
export type ProxyChoice = { url: string; authorization: string | null };

/** The proxy variables of the process, as getEnv() reads them. */
export type ProxyEnvironment = {
  HTTP_PROXY?: string | undefined;
  HTTPS_PROXY?: string | undefined;
  NO_PROXY?: string | undefined;
};

/**
 * Which proxy a request to `target` takes; null = none.
 * @throws AppError `proxy_failed` when the proxy's URL can't be used.
 */
export function chooseProxy(
  target: URL,
  settings: OpenProxySettings,
  environment: ProxyEnvironment,
): ProxyChoice | null {
  if (settings.mode === "none") return null;
  if (settings.mode === "environment") {
    const url = target.protocol === "https:" ? environment.HTTPS_PROXY : environment.HTTP_PROXY;
    if (!url || isBypassed(target, (environment.NO_PROXY ?? "").split(/[\s,]+/))) return null;
    return parseProxy(url, target.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY", "", null);
  }
  if (isBypassed(target, settings.bypass)) return null;
  return parseProxy(settings.url, "The proxy URL", settings.username, settings.password);
}

/** Why no proxy is used, as a sentence; for who wonders. */
export function explainNoProxy(target: URL, settings: OpenProxySettings, environment: ProxyEnvironment): string {
  if (settings.mode === "none") return "No proxy is set.";
  if (settings.mode === "manual")
    return `The proxy ${settings.url} is not used: the hosts without proxy name this one.`;
  const name = target.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  return environment[name]
    ? `The proxy of ${name} is not used: NO_PROXY names this host.`
    : `No proxy: ${name} is not set in Sallyport's environment.`;
}

function parseProxy(text: string, where: string, username: string, password: string | null): ProxyChoice {
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.hostname === "") {
    throw new AppError("proxy_failed", `${where} is not an http:// or https:// URL.`, {
      hint: "Enter the proxy as http://host:port or https://host:port.",
    });
  }
  const user = username || decode(url.username);
  const secret = password ?? decode(url.password);
  const basic = Buffer.from(`${user}:${secret}`, "utf8").toString("base64");
  return { url: url.origin, authorization: user === "" ? null : `Basic ${basic}` };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * The usual NO_PROXY rules: `*` = everything; `example.com` and `.example.com` = it and what is below; `*.example.com` =
 * what is below; addresses and CIDR ranges for hosts given as addresses; `<local>` = names without a dot; each with an
 * optional `:port`.
 */
export function isBypassed(target: URL, bypass: readonly string[]): boolean {
  const host = target.hostname
    .toLowerCase()
    .replace(/\.$/, "")
    .replace(/^\[(.+)\]$/, "$1");
  const port = Number(target.port) || (target.protocol === "https:" ? 443 : 80);
  return bypass.some((entry) => matchesBypass(host, port, entry.trim().toLowerCase()));
}

function matchesBypass(host: string, port: number, entry: string): boolean {
  if (entry === "") return false;
  if (entry === "*") return true;
  if (entry === "<local>") return !host.includes(".") && !host.includes(":");
  if (ipaddr.isValidCIDR(entry)) return ipaddr.isValid(host) && isInRange(host, entry);
  const split = ipaddr.isValid(entry) ? { host: entry, port: null } : splitPort(entry);
  if (split.port !== null && split.port !== port) return false;
  const pattern = split.host.replace(/^\[(.+)\]$/, "$1");
  if (ipaddr.isValid(pattern)) {
    return ipaddr.isValid(host) && ipaddr.process(host).toString() === ipaddr.process(pattern).toString();
  }
  if (pattern.startsWith("*.")) return host.endsWith(pattern.slice(1));
  const bare = pattern.replace(/^\./, "");
  return host === bare || host.endsWith(`.${bare}`);
}

function isInRange(host: string, cidr: string): boolean {
  const address = ipaddr.process(host);
  const [range, bits] = ipaddr.parseCIDR(cidr);
  return address.kind() === range.kind() && address.match(range, bits);
}
