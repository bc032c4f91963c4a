import type { CredentialConfiguration } from "#lib/oauth/credentials/model.ts";
import { describeOutcome, lookOf } from "#lib/oauth/explanations/check-outcome.ts";
import type { CheckStep } from "#lib/oauth/explanations/check-steps.ts";
import { readEntraCode } from "#lib/oauth/explanations/entra-codes.ts";
import { linkEntraCode } from "#lib/oauth/explanations/entra-pages.ts";
import { explainFailure } from "#lib/oauth/explanations/explain.ts";
import { stepWords } from "#lib/oauth/explanations/step-names.ts";
import type { AppError } from "#lib/platform/errors/app-error.ts";
import type { ShownValue } from "#lib/platform/header-values/secret-values.ts";
import type { NetworkTrace } from "#lib/platform/net/trace.ts";

/** What a report is about. No secret is among it. */
export type Reported = {
  credential: Pick<
    CredentialConfiguration,
    "name" | "type" | "grantType" | "provider" | "endpointUrl" | "clientId" | "clientAuthentication" | "scope"
  > & { tokenParameters: ShownValue[]; tokenHeaders: ShownValue[] };
  steps: CheckStep[];
  failure: AppError | null;
  trace: NetworkTrace | null;
  /** By whom. */
  cause: string;
  at: Date;
  portalVersion: string;
};

/** Token parameters whose values belong into a report; of the others only the names. */
const shownParameters = new Set(["audience", "resource"]);
const marks = { pass: "ok  ", fail: "FAIL", skipped: "-   ", not_verified: "?   " } as const;

/**
 * Everything about a check that helps whoever runs the network, the proxy or the provider, as plain text to be pasted into a
 * ticket. Times are UTC.
 */
export function writeReport(reported: Reported): string {
  const { steps, failure } = reported;
  return [
    section(`Check of the OAuth2 credential “${reported.credential.name}”: ${describeOutcome(steps)}`, [
      ["At", `${reported.at.toISOString()} (UTC), by ${reported.cause}`],
      ["Portal", `Sallyport ${reported.portalVersion}`],
    ]),
    section("Configuration", describeConfiguration(reported.credential)),
    section("Network", describeNetwork(reported.trace)),
    ...(failure ? [section("What went wrong", describeFailure(failure))] : []),
    `Steps\n${steps.map(describeStep).join("\n")}`,
    "This text holds no secret and no token.",
  ].join("\n\n");
}

type Lines = [string, string | null | undefined][];

function section(title: string, lines: Lines): string {
  const told = lines.filter((line): line is [string, string] => line[1] != null && line[1] !== "");
  return [title, ...told.map(([name, value]) => `  ${name}: ${value}`)].join("\n");
}

function describeConfiguration(credential: Reported["credential"]): Lines {
  const parameters = credential.tokenParameters.map(({ name, value, secret }) =>
    shownParameters.has(name) && !secret ? `${name}=${value}` : name,
  );
  return [
    ["Grant", credential.grantType],
    ["Provider", credential.provider === "entra" ? "Microsoft Entra ID" : "OAuth2"],
    ["Token endpoint", credential.endpointUrl],
    ["Host", URL.parse(credential.endpointUrl)?.host],
    ["Client ID", credential.clientId],
    ["Client authentication", credential.clientAuthentication],
    ["Scope", credential.scope || "none"],
    ["Token parameters", parameters.join(", ")],
    ["Token request headers", credential.tokenHeaders.map(({ name }) => name).join(", ")],
  ];
}

function describeNetwork(trace: NetworkTrace | null): Lines {
  if (!trace) return [["Request", "none was sent"]];
  const { toHost, toProxy, tunnel, answer } = trace;
  const hop = toHost ?? toProxy;
  const certificate = (toHost ?? toProxy)?.tls?.certificate;
  return [
    ["Proxy", trace.proxy ?? trace.noProxyReason],
    ["Addresses of the proxy", toProxy?.addresses.join(", ")],
    ["CONNECT", tunnel && `answered ${tunnel.status}`],
    ["Addresses of the host", toHost?.addresses.join(", ")],
    ["Dialled", [...new Set([...(toProxy?.dialled ?? []), ...(toHost?.dialled ?? [])])].join(", ")],
    ["Connected to", hop?.address && `${hop.address} port ${hop.port}`],
    ["TLS", hop?.tls?.protocol],
    ["Certificate", certificate?.subject],
    ["Issuer", certificate?.issuer],
    ["Valid", certificate && `${certificate.validFrom} to ${certificate.validTo}`],
    ["SHA-256", certificate?.fingerprint],
    ["Answer", answer && `HTTP ${answer.status}${answer.date ? `, Date: ${answer.date}` : ""}`],
  ];
}

function describeFailure(failure: AppError): Lines {
  const { provider } = failure;
  const told = explainFailure(failure);
  const entra = readEntraCode(provider?.description);
  return [
    ["Code", failure.code],
    ["Meaning", `${told.words}.`],
    ["To do", told.hint],
    ["HTTP status", provider?.status?.toString()],
    ["Provider's error", provider?.code],
    ["Provider's description", provider?.description],
    ["Correlation ID", provider?.correlationId],
    ["Trace ID", /Trace ID:\s*(\S+)/i.exec(provider?.description ?? "")?.[1]],
    ["Microsoft's page", entra && linkEntraCode(entra)],
  ];
}

function nameStep({ step, transport }: CheckStep): string {
  return transport ? `${stepWords[step]} ${transport.name}` : stepWords[step];
}

function describeStep(step: CheckStep): string {
  const { detail, hint, durationMs, facts, link } = step;
  const time = durationMs === null ? "" : ` (${durationMs} ms)`;
  return [
    `  [${marks[lookOf(step)]}] ${nameStep(step)}${time}: ${detail}`,
    ...facts.map(({ name, value }) => `         ${name}: ${value}`),
    ...(hint ? [`         To do: ${hint}`] : []),
    ...(link ? [`         In Entra: ${link.label} ${link.url}`] : []),
  ].join("\n");
}
