import { Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import { singleton } from "#lib/platform/env/singleton.ts";
import { checkEgress, type EgressRule, type EgressVerdict } from "../egress.ts";

/** How long an answer is used; a proxy asks for itself anyway. */
const keepMs = 30_000;
const maxKept = 1000;

type Known = { addresses: string[]; until: number };

/** Asks the name servers of this machine. Tests create one that asks their own. */
const getResolver = () => singleton("net.resolver", () => new Resolver({ timeout: 1000, tries: 1 }));
const getKnown = () => singleton("net.behind-proxy", () => new Map<string, Known>());

/**
 * Asks the policy about a target that a proxy will resolve: about its name, and about each address that the name servers of
 * this machine know for it. What they don't know (behind many proxies they know nothing outside) is judged by its name alone, and
 * what the proxy dials in the end is the proxy's business.
 * @param hostname as in a URL.
 */
export async function checkBehindProxy(
  rules: readonly EgressRule[],
  hostname: string,
  port: number,
): Promise<EgressVerdict> {
  const host = hostname.replace(/^\[(.+)\]$/, "$1");
  const byName = checkEgress(rules, { host, address: null, port });
  if (byName !== null || isIP(host) || isLocalName(host)) return byName;
  for (const address of await findAddresses(host)) {
    const verdict = checkEgress(rules, { host, address, port });
    if (verdict !== null) return verdict;
  }
  return null;
}

/** Names of a machine itself are no business of name servers. */
function isLocalName(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost");
}

async function findAddresses(host: string): Promise<string[]> {
  const known = getKnown().get(host);
  if (known && known.until > Date.now()) return known.addresses;
  const answers = await Promise.allSettled([getResolver().resolve4(host), getResolver().resolve6(host)]);
  const addresses = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
  const all = getKnown();
  all.set(host, { addresses, until: Date.now() + keepMs });
  const [oldest] = all.keys();
  if (all.size > maxKept && oldest !== undefined) all.delete(oldest);
  return addresses;
}
