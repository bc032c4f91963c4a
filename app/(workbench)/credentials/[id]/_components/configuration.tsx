import { Card } from "#app/_ui/card.tsx";
import { listCertificateFacts } from "#app/_ui/certificate-facts.tsx";
import { CopyButton } from "#app/_ui/copy-button.tsx";
import { DaysLeft } from "#app/_ui/days-left.tsx";
import { formatDuration } from "#app/_ui/format-time.ts";
import { Instant } from "#app/_ui/instant.tsx";
import { KeyValue } from "#app/_ui/key-value.tsx";
import { proxyWords } from "#app/_ui/proxy-words.ts";
import { usesKey, usesSecret } from "#lib/oauth/client-authentication/registry.ts";
import { isSharedTenant } from "#lib/oauth/credentials/entra-url.ts";
import type { CredentialDetail } from "#lib/oauth/credentials/model.ts";
import type { NodeChoice } from "../../_components/offered-at-field.tsx";
import {
  authenticationWords,
  claimsSourceWords,
  grantWords,
  labels,
  mfaWords,
  postLoginWords,
  providerWords,
  responseModeWords,
  typeWords,
} from "../../_components/words.ts";

type Item = Parameters<typeof KeyValue>[0]["items"][number];

type Props = {
  credential: CredentialDetail;
  redirectUri: string;
  /** Where the owner gets alerts, null when no address is known. */
  ownerAddress: string | null;
  /** The nodes at which a User credential is offered, as far as the reader may know them. */
  offeredAt: NodeChoice[];
};

/** What is configured, secrets only by when they were set. */
export function Configuration({ credential, redirectUri, ownerAddress, offeredAt }: Props) {
  const parameters = Object.entries(credential.tokenParameters);
  const items: Item[] = [
    { label: labels.type, value: typeWords[credential.type] },
    { label: labels.grantType, value: grantWords[credential.type] },
    { label: labels.provider, value: providerWords[credential.provider] },
    { label: labels.endpointUrl, value: <Copied value={credential.endpointUrl} label="Copy the endpoint URL" /> },
    { label: labels.clientId, value: <Copied value={credential.clientId} label="Copy the client ID" /> },
    { label: labels.clientAuthentication, value: authenticationWords[credential.clientAuthentication] },
    ...secrets(credential),
    { label: labels.scope, value: credential.scope && <code>{credential.scope}</code> },
    ...(parameters.length > 0
      ? [
          {
            label: labels.tokenParameters,
            value: parameters.map(([name, value]) => <Parameter key={name} name={name} value={value} />),
          },
        ]
      : []),
    { label: labels.refreshIntervalSeconds, value: formatDuration(credential.refreshIntervalSeconds * 1000) },
    { label: labels.proxy, value: describeProxy(credential) },
    { label: labels.allowedHosts, value: credential.allowedHosts.join(", ") || "Every host" },
    ...(credential.type === "user" ? signIn(credential, redirectUri, offeredAt) : []),
    {
      label: labels.owner,
      value: credential.owner || null,
      hint: ownerAddress
        ? `Alerts by e-mail go to ${ownerAddress}.`
        : "Can't be reached: no e-mail address is known, so alerts go to the channels only.",
    },
    {
      label: labels.notes,
      value: credential.notes ? <span className="whitespace-pre-wrap">{credential.notes}</span> : null,
    },
    { label: "Changed", value: <Instant at={credential.updatedAt} />, hint: `Version ${credential.version}` },
  ];
  return (
    <Card title="Configuration">
      <KeyValue items={items} />
    </Card>
  );
}

function secrets(credential: CredentialDetail): Item[] {
  const setOn = (at: string | null) =>
    at === null ? null : (
      <span>
        Set on <Instant at={at} show="absolute" />
      </span>
    );
  const { certificateInfo } = credential;
  const own: Item[] = usesSecret(credential)
    ? [{ label: labels.clientSecret, value: setOn(credential.clientSecretSetAt) }]
    : [];
  if (credential.presentCertificate) own.push({ label: "In TLS", value: "The certificate is shown there too" });
  if (usesKey(credential)) {
    own.push({ label: labels.privateKey, value: setOn(credential.privateKeySetAt) });
    own.push({ label: labels.certificate, value: certificateInfo ? `${certificateInfo.key}, stored` : null });
    if (certificateInfo) own.push(...listCertificateFacts(certificateInfo));
  }
  const ends = {
    label: usesSecret(credential) ? "Secret expires" : "Certificate expires",
    value: <DaysLeft endsAt={credential.secretEndsAt} />,
  };
  return credential.secretEndsAt ? [...own, ends] : own;
}

function signIn(credential: CredentialDetail, redirectUri: string, offeredAt: NodeChoice[]): Item[] {
  const { urlsInForce } = credential;
  return [
    {
      label: "Redirect URI",
      value: <Copied value={redirectUri} label="Copy the redirect URI" />,
      hint: "Register it at the provider.",
    },
    { label: labels.issuer, value: urlsInForce.issuer },
    { label: labels.authorizationUrl, value: urlsInForce.authorizationUrl },
    { label: labels.jwksUrl, value: urlsInForce.jwksUrl },
    { label: labels.discoveryUrl, value: urlsInForce.discoveryUrl },
    ...(isSharedTenant(credential.endpointUrl)
      ? [{ label: labels.allowedTenants, value: credential.allowedTenants.join(", ") || "None yet: nobody is let in" }]
      : []),
    { label: labels.claimsSource, value: claimsSourceWords[credential.claimsSource] },
    { label: labels.jwtUsernameKey, value: <code>{credential.jwtUsernameKey}</code> },
    { label: labels.jwtRolesKey, value: <code>{credential.jwtRolesKey}</code> },
    {
      label: labels.roleMapping,
      value:
        credential.roleMapping.length === 0
          ? null
          : `${credential.roleMapping.length} line${credential.roleMapping.length === 1 ? "" : "s"}`,
      hint: credential.roleMapping.map(({ claimValue, role }) => `${claimValue} → ${role}`).join(", ") || undefined,
    },
    { label: labels.defaultRole, value: describeDefaultRole(credential) },
    { label: labels.mfa, value: mfaWords[credential.mfa], hint: describeMfa(credential) },
    { label: labels.postLogin, value: postLoginWords[credential.postLogin] },
    { label: labels.responseMode, value: responseModeWords[credential.responseMode] },
    { label: labels.providerLogout, value: credential.providerLogout ? "Yes" : "No" },
    {
      label: labels.offeredAt,
      value: credential.offeredAt.length === 0 ? "Every node" : <OfferedAt nodes={offeredAt} />,
    },
  ];
}

function describeDefaultRole({ defaultRole }: CredentialDetail): string {
  if (!defaultRole) return "None: not let in";
  return `${defaultRole.role}${defaultRole.nodeId === null ? ", all nodes" : ", at one node"}`;
}

function describeMfa({ mfa, mfaContext, mfaMethods }: CredentialDetail): string | undefined {
  if (mfa === "none") return undefined;
  const methods = mfaMethods.length > 0 ? `amr: ${mfaMethods.join(", ")}` : "";
  return [mfaContext && `context ${mfaContext}`, methods].filter(Boolean).join("; ") || undefined;
}

function OfferedAt({ nodes }: { nodes: NodeChoice[] }) {
  return nodes.map(({ id, label }) => <div key={id}>{label}</div>);
}

function describeProxy({ proxy }: CredentialDetail) {
  if (proxy.mode !== "manual") return proxyWords[proxy.mode];
  const { url, username, passwordSetAt, bypass } = proxy;
  const user = username && `, user ${username}${passwordSetAt ? " with password" : ""}`;
  const around = bypass.length > 0 ? `, not for ${bypass.join(", ")}` : "";
  return `${url}${user}${around}`;
}

function Copied({ value, label }: { value: string; label: string }) {
  return (
    <span className="inline-flex max-w-full items-start gap-1">
      <code className="min-w-0 wrap-anywhere">{value}</code>
      <CopyButton value={value} label={label} />
    </span>
  );
}

function Parameter({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <code>
        {name}={value}
      </code>
    </div>
  );
}
