import { type CheckStep, failStep, makeStep, type Told } from "#lib/oauth/explanations/check-steps.ts";
import type { AppError } from "#lib/platform/errors/app-error.ts";
import type { PeerCertificate } from "#lib/platform/net/peer-certificate.ts";
import type { HopTrace, NetworkTrace } from "#lib/platform/net/trace.ts";

const networkSteps = ["name_resolution", "proxy", "tcp", "tls"] as const;
type NetworkStep = (typeof networkSteps)[number];

/** What the way belongs to, for hints and links. */
type Client = { clientId: string; endpointUrl: string; proxy: { mode: "none" | "environment" | "manual" } };

/** A server's certificate that ends sooner is mentioned, although it is somebody else's. */
const soonMs = 14 * 86_400_000;

/**
 * The steps of the way to the token endpoint as far as it was gone. When one of them failed it is the last.
 * @param failure why the request failed; one from further on leaves the way open.
 * @param now milliseconds, for certificates.
 */
export function describePath(trace: NetworkTrace, failure: AppError | null, client: Client, now: number): CheckStep[] {
  const failed = failure && findFailedStep(trace, failure);
  const steps: CheckStep[] = [];
  for (const step of networkSteps) {
    if (step === failed && failure) {
      steps.push(describeFault(step, trace, failure, client, now));
      return steps;
    }
    steps.push(describePassed(step, trace, now));
  }
  return steps;
}

/** Where on the way a request ended; null when the way was open. */
function findFailedStep(trace: NetworkTrace, { code }: AppError): NetworkStep | null {
  const { way, toProxy, toHost } = trace;
  if (code.startsWith("proxy_")) return "proxy";
  if (way === null) return "tcp";
  // The policy refused what the proxy was to reach before it was dialled.
  if (way !== "direct" && code === "egress_denied" && !toProxy) return "name_resolution";
  if (way === "forward") return toProxy?.isOpen ? null : "proxy";
  if (way === "tunnel" && !toHost) return "proxy";
  if (!toHost) return "tcp";
  if (toHost.isOpen) return null;
  if (way === "tunnel") return "tls";
  if (toHost.addresses.length === 0) return "name_resolution";
  return toHost.connectMs === null ? "tcp" : "tls";
}

function describePassed(step: NetworkStep, trace: NetworkTrace, now: number): CheckStep {
  const { way, toProxy, tunnel, toHost, proxy, noProxyReason } = trace;
  if (step === "proxy") {
    if (way === "direct") return makeStep(step, "skipped", noProxyReason ?? "No proxy is used.");
    const opened = tunnel
      ? ", takes what is entered for it, and opened the way with CONNECT"
      : " and forwards the request";
    const durationMs = timeOf(toProxy) + (tunnel?.ms ?? 0);
    return makeStep(step, "pass", `${proxy} is reached${at(toProxy)}${opened}.`, {
      durationMs,
      facts: factsOf(toProxy, now),
    });
  }
  if (step === "tls") {
    if (way === "forward" || !toHost?.isSecure)
      return makeStep(step, "skipped", "The URL begins with http://: no TLS.");
    const told = { durationMs: toHost.tls?.ms ?? null, facts: factsOf(toHost, now), hint: warnOfEnd(toHost, now) };
    return makeStep(step, "pass", `${describeTls(toHost)}.`, told);
  }
  if (way !== "direct") {
    const what = step === "tcp" ? "The proxy makes the connection." : "The proxy resolves the name.";
    return makeStep(step, "skipped", what);
  }
  if (step === "tcp") {
    const durationMs = toHost?.connectMs ?? null;
    return makeStep(step, "pass", `Connected to ${toHost?.address ?? toHost?.host} port ${toHost?.port}.`, {
      durationMs,
    });
  }
  const { host = "", addresses = [], lookupMs = null } = toHost ?? {};
  if (lookupMs === null) return makeStep(step, "skipped", `${host} is an address: there is no name to resolve.`);
  return makeStep(step, "pass", `${host} has ${describeAddresses(addresses)}.`, { durationMs: lookupMs });
}

function describeFault(
  step: NetworkStep,
  trace: NetworkTrace,
  failure: AppError,
  client: Client,
  now: number,
): CheckStep {
  if (step === "proxy") {
    const { toProxy, tunnel } = trace;
    const told: Told = { durationMs: timeOf(toProxy) + (tunnel?.ms ?? 0), facts: factsOf(toProxy, now) };
    // Of a proxy from the environment there is nothing to enter but whether it is used.
    return failStep(step, failure, client, {
      ...told,
      ...(client.proxy.mode !== "manual" ? fromEnvironment(failure) : {}),
    });
  }
  const hop = trace.toHost;
  const durationMs = step === "name_resolution" ? (hop?.lookupMs ?? null) : null;
  const facts = step === "tls" ? factsOf(hop, now) : step === "tcp" && hop ? dialledFacts(hop) : [];
  return failStep(step, failure, client, { durationMs, facts });
}

function fromEnvironment(failure: AppError): Told {
  const hint = `The proxy comes from HTTP_PROXY or HTTPS_PROXY of Sallyport's environment. ${failure.hint ?? ""}`;
  return { field: "proxy.mode", hint: hint.trim() };
}

function timeOf(hop: HopTrace | null): number {
  return (hop?.lookupMs ?? 0) + (hop?.connectMs ?? 0) + (hop?.tls?.ms ?? 0);
}

function at(hop: HopTrace | null): string {
  return hop?.address ? ` at ${hop.address}` : "";
}

function describeAddresses(addresses: string[]): string {
  const known = [...new Set(addresses)];
  const shown = known.slice(0, 4).join(", ");
  return known.length === 1 ? `the address ${shown}` : `the addresses ${shown}${known.length > 4 ? " and more" : ""}`;
}

function describeTls({ tls, host }: HopTrace): string {
  const { certificate, protocol } = tls ?? {};
  if (!certificate) return `${protocol ?? "TLS"} with ${host}`;
  return `${protocol}: the certificate is for ${host}, trusted, and valid until ${certificate.validTo.slice(0, 10)}`;
}

function warnOfEnd({ host, tls }: HopTrace, now: number): string | null {
  const end = tls?.certificate ? Date.parse(tls.certificate.validTo) : Number.NaN;
  if (!(end - now < soonMs)) return null;
  return `The certificate of ${host} ends on ${new Date(end).toISOString().slice(0, 10)}: its operator has to renew it in time.`;
}

function factsOf(hop: HopTrace | null, now: number): CheckStep["facts"] {
  const { certificate, protocol } = hop?.tls ?? {};
  if (!certificate) return [];
  return [...(protocol ? [{ name: "Protocol", value: protocol }] : []), ...describeCertificate(certificate, now)];
}

function describeCertificate(certificate: PeerCertificate, now: number): CheckStep["facts"] {
  const { subject, issuer, names, validFrom, validTo, fingerprint, chain } = certificate;
  const isOutside = now < Date.parse(validFrom) || now > Date.parse(validTo);
  return [
    { name: "Certificate", value: subject || "without a subject" },
    { name: "For", value: names.slice(0, 10).join(", ") || "no name" },
    { name: "Issued by", value: issuer },
    { name: "Valid", value: `${validFrom} to ${validTo}` },
    ...(isOutside ? [{ name: "Clock here", value: new Date(now).toISOString() }] : []),
    { name: "SHA-256", value: fingerprint },
    ...(chain.length > 1 ? [{ name: "Chain", value: chain.join(" ← ") }] : []),
  ];
}

function dialledFacts({ addresses, dialled }: HopTrace): CheckStep["facts"] {
  return [
    { name: "Addresses", value: addresses.join(", ") },
    { name: "Dialled", value: [...new Set(dialled)].join(", ") || "none" },
  ];
}
