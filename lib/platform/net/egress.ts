import ipaddr from "ipaddr.js";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { matchesHost, splitPort } from "./hosts.ts";

/** One entry of SALLYPORT_EGRESS. `port` null = every port. */
export type EgressRule = { allow: boolean; target: EgressTarget; port: number | null };
type EgressTarget =
  | { kind: "any" }
  | { kind: "class"; name: "loopback" | "private" }
  | { kind: "range"; range: [ipaddr.IPv4 | ipaddr.IPv6, number] }
  | { kind: "host"; pattern: string };

/** What is about to be dialled. `address` null: a proxy will resolve the name, so only the name is known. */
export type EgressRequest = { host: string; address: string | null; port: number };

/** Null when allowed, else why not, as the rest of a sentence. */
export type EgressVerdict = string | null;

/** Never dialled, whatever the rules say: the metadata services of the clouds, and addresses that are no host's. */
const metadataAddresses = [
  "169.254.169.254",
  "100.100.100.200",
  "168.63.129.16",
  "192.0.0.192",
  "fd00:ec2::254",
  "fd20:ce::254",
  "fd00:42::42",
];
const metadataNames = [
  "metadata.google.internal",
  "metadata.goog",
  "metadata",
  "metadata.tencentyun.com",
  "instance-data",
  "instance-data.ec2.internal",
];
const neverClasses = ["linkLocal", "multicast", "broadcast"];
const privateClasses = ["private", "uniqueLocal", "carrierGradeNat", "deprecatedSiteLocal"];
type Carrier = { range: [ipaddr.IPv6, number]; read: (bytes: number[]) => number[] };
const carrier = (range: string, read: Carrier["read"]): Carrier => ({
  range: ipaddr.IPv6.parseCIDR(range),
  read,
});
const lastFour = (bytes: number[]) => bytes.slice(12);
/** IPv6 ranges whose addresses are another form of an IPv4 address. */
const carriers: Carrier[] = [
  carrier("64:ff9b::/96", lastFour),
  carrier("2002::/16", (bytes) => bytes.slice(2, 6)),
  // IPv4-translated (RFC 7915) and IPv4-compatible (RFC 4291 section 2.5.5.1); :: and ::1 are themselves.
  carrier("::ffff:0:0:0/96", lastFour),
  carrier("::/96", lastFour),
];
/** Ranges where an IPv4 address may be inside, as the network is set up: Teredo, NAT64 of one's own (RFC 8215), ISATAP. */
const possibleCarriers: Carrier[] = [
  carrier("2001::/32", (bytes) => lastFour(bytes).map((byte) => byte ^ 255)),
  carrier("64:ff9b:1::/48", lastFour),
  carrier("64:ff9b:1::/48", (bytes) => [...bytes.slice(6, 8), ...bytes.slice(9, 11)]),
];

/**
 * Reads SALLYPORT_EGRESS: entries separated by commas or spaces, `allow:TARGET` or `deny:TARGET`, TARGET being `*`,
 * `loopback`, `private`, an address, a CIDR range, a host or `*.example.com`, each with an optional `:port`
 * (docs/egress.md). The first entry that fits decides.
 * @throws AppError `configuration_invalid` naming the entry.
 */
export function parseEgress(text: string): EgressRule[] {
  return text
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .map(parseRule);
}

function parseRule(entry: string): EgressRule {
  const match = /^(allow|deny):(.+)$/i.exec(entry);
  if (!match) throw wrongEntry(entry);
  const { target, port } = parseTarget(match[2]!.toLowerCase(), entry);
  return { allow: match[1]!.toLowerCase() === "allow", target, port };
}

function parseTarget(text: string, entry: string): { target: EgressTarget; port: number | null } {
  if (ipaddr.isValid(text)) return { target: rangeOf(text), port: null };
  if (ipaddr.isValidCIDR(text)) return { target: { kind: "range", range: ipaddr.parseCIDR(text) }, port: null };
  const { host, port } = splitPort(text);
  const bare = host.replace(/^\[(.+)\]$/, "$1");
  if (port !== null && (port < 1 || port > 65535)) throw wrongEntry(entry);
  if (bare === "*") return { target: { kind: "any" }, port };
  if (bare === "loopback" || bare === "private") return { target: { kind: "class", name: bare }, port };
  if (ipaddr.isValid(bare)) return { target: rangeOf(bare), port };
  if (ipaddr.isValidCIDR(bare)) return { target: { kind: "range", range: ipaddr.parseCIDR(bare) }, port };
  if (!/^(\*\.)?[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?$/.test(bare)) throw wrongEntry(entry);
  return { target: { kind: "host", pattern: bare }, port };
}

function rangeOf(address: string): EgressTarget {
  const parsed = ipaddr.process(address);
  return { kind: "range", range: [parsed, parsed.kind() === "ipv4" ? 32 : 128] };
}

function wrongEntry(entry: string): AppError {
  return new AppError("configuration_invalid", `SALLYPORT_EGRESS: "${entry}" is not an entry of an egress policy.`, {
    hint: "Write allow: or deny: and *, loopback, private, an address, a range such as 10.0.0.0/8, or a host, each with an optional :port.",
  });
}

/** Decides whether a connection may be made. Without a fitting rule everything is allowed but loopback. */
export function checkEgress(rules: readonly EgressRule[], request: EgressRequest): EgressVerdict {
  const host = request.host
    .toLowerCase()
    .replace(/\.$/, "")
    .replace(/^\[(.+)\]$/, "$1");
  const literal = request.address ?? (ipaddr.isValid(host) ? host : null);
  const address = literal === null ? null : unwrap(ipaddr.process(literal));
  if (metadataNames.includes(host)) return "it is a cloud's metadata service";
  const forms = address ? [address, ...possibleForms(address)] : [];
  if (forms.some(isNeverDialled)) return `${literal} is a metadata, link-local or multicast address`;
  const rule = rules.find((known) => fits(known, host, address, request.port));
  if (rule) return rule.allow ? null : "the egress policy denies it";
  const loopback = address
    ? forms.some((form) => isClass(form, "loopback"))
    : host === "localhost" || host.endsWith(".localhost");
  return loopback ? "loopback addresses are refused unless SALLYPORT_EGRESS has allow:loopback" : null;
}

function isNeverDialled(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  const text = address.toString();
  return (
    neverClasses.includes(address.range()) ||
    metadataAddresses.some((known) => ipaddr.process(known).toString() === text)
  );
}

function fits(rule: EgressRule, host: string, address: ipaddr.IPv4 | ipaddr.IPv6 | null, port: number): boolean {
  if (rule.port !== null && rule.port !== port) return false;
  const { target } = rule;
  if (target.kind === "any") return true;
  if (target.kind === "host") return matchesHost(host, target.pattern);
  if (!address) return target.kind === "class" && target.name === "loopback" && host === "localhost";
  if (target.kind === "class") return isClass(address, target.name);
  const [range, bits] = target.range;
  return range.kind() === address.kind() && address.match(range, bits);
}

function isClass(address: ipaddr.IPv4 | ipaddr.IPv6, name: "loopback" | "private"): boolean {
  // 0.0.0.0 and :: reach the machine itself on Linux.
  if (name === "loopback") return address.range() === "loopback" || address.range() === "unspecified";
  return privateClasses.includes(address.range());
}

/** The IPv4 address that an IPv6 address is another form of, so that no rule is passed by in disguise. */
function unwrap(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  if (address.kind() === "ipv4") return address;
  const [inside] = readForms(address, carriers);
  const isItself = address.range() === "loopback" || address.range() === "unspecified";
  return isItself || !inside ? address : inside;
}

/** IPv4 addresses that a router may send an IPv6 address on to. */
function possibleForms(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4[] {
  if (address.kind() === "ipv4") return [];
  const bytes = address.toByteArray();
  const isIsatap = (bytes[8]! & 0xfd) === 0 && bytes[9] === 0 && bytes[10] === 0x5e && bytes[11] === 0xfe;
  return [...readForms(address, possibleCarriers), ...(isIsatap ? [new ipaddr.IPv4(lastFour(bytes))] : [])];
}

function readForms(address: ipaddr.IPv4 | ipaddr.IPv6, among: Carrier[]): ipaddr.IPv4[] {
  const bytes = address.toByteArray();
  return among.filter(({ range }) => address.match(range)).map(({ read }) => new ipaddr.IPv4(read(bytes)));
}
