import type { z } from "zod";
import { Card } from "#app/_ui/card.tsx";
import { listCertificateFacts } from "#app/_ui/certificate-facts.tsx";
import { CopiedValue } from "#app/_ui/copied-value.tsx";
import { DaysLeft } from "#app/_ui/days-left.tsx";
import { formatDuration } from "#app/_ui/format-time.ts";
import { Instant } from "#app/_ui/instant.tsx";
import { KeyValue } from "#app/_ui/key-value.tsx";
import { proxyWords } from "#app/_ui/proxy-words.ts";
import { ShownValues } from "#app/_ui/shown-values.tsx";
import { usesKey, usesSecret } from "#lib/oauth/client-authentication/registry.ts";
import {
  commonFields,
  credentialFields,
  credentialLabels as labels,
  userFields,
} from "#lib/oauth/credentials/definition.ts";
import { isSharedTenant } from "#lib/oauth/credentials/entra-url.ts";
import type { CredentialDetail } from "#lib/oauth/credentials/model.ts";
import { factsOf } from "#lib/platform/definitions/field.ts";
import type { ShownValue } from "#lib/platform/header-values/secret-values.ts";
import type { NodeChoice } from "../../_components/offered-at-field.tsx";
import { grantWords } from "../../_components/words.ts";

type UserCredential = Extract<CredentialDetail, { type: "user" }>;
type Item = Parameters<typeof KeyValue>[0]["items"][number];

type Props = {
  credential: CredentialDetail;
  redirectUri: string;
  /** Where the owner gets alerts, null when no address is known. */
  ownerAddress: string | null;
  /** The nodes at which a User credential is offered, as far as the reader may know them. */
  offeredAt: NodeChoice[];
};

/** Shows the configuration, and of each secret only when it was set. A field without its own entry shows its value. */
export function Configuration(props: Props) {
  const { credential } = props;
  const user = credential.type === "user" ? credential : null;
  const own: Record<string, Item[]> = { ...describeClient(props), ...(user ? describeSignIn(user, props) : {}) };
  const names = [
    ...Object.keys(commonFields).filter((name) => !lastNames.includes(name)),
    ...Object.keys(user ? userFields : {}),
    ...lastNames,
  ];
  const items = names.flatMap((name) => own[name] ?? describeField(credential, name));
  const changed = {
    label: "Changed",
    value: <Instant at={credential.updatedAt} />,
    hint: `Version ${credential.version}`,
  };
  return (
    <Card title="Configuration">
      <KeyValue items={[...items, changed]} />
    </Card>
  );
}

const lastNames = ["owner", "notes"];

function describeField(credential: CredentialDetail, name: string): Item[] {
  const { label, words, applies, kept } = factsOf((credentialFields as Record<string, z.ZodType>)[name]!);
  if (kept || (applies && !applies(credential as never))) return [];
  const value = (credential as Record<string, unknown>)[name];
  if (typeof value === "boolean") return [{ label, value: value ? "Yes" : "No" }];
  if (Array.isArray(value)) return [{ label, value: value.join(", ") || null }];
  return [{ label, value: words?.[String(value)] ?? (value as string | null) }];
}

function describeClient({ credential, ownerAddress }: Props): Record<string, Item[]> {
  const ownerHint = ownerAddress
    ? `Alerts by e-mail go to ${ownerAddress}.`
    : "Can't be reached: no e-mail address is known, so alerts go to the channels only.";
  return {
    name: [],
    grantType: [{ label: labels.grantType, value: grantWords[credential.type] }],
    endpointUrl: [
      {
        label: labels.endpointUrl,
        value: <CopiedValue value={credential.endpointUrl} label="Copy the endpoint URL" isCode />,
      },
    ],
    clientId: [
      { label: labels.clientId, value: <CopiedValue value={credential.clientId} label="Copy the client ID" isCode /> },
    ],
    clientSecret: describeSecrets(credential),
    certificate: [],
    presentCertificate: [],
    secretExpiresOn: [],
    scope: [{ label: labels.scope, value: credential.scope && <code>{credential.scope}</code> }],
    tokenParameters: describePairs(labels.tokenParameters, credential.tokenParameters, "="),
    tokenHeaders: describePairs(labels.tokenHeaders, credential.tokenHeaders, ": "),
    tokenMember: credential.tokenMember
      ? [{ label: labels.tokenMember, value: <code>{credential.tokenMember}</code> }]
      : [],
    refreshIntervalSeconds: [
      { label: labels.refreshIntervalSeconds, value: formatDuration(credential.refreshIntervalSeconds * 1000) },
    ],
    proxy: [{ label: labels.proxy, value: describeProxy(credential) }],
    trustedCaId: credential.trustedCaName ? [{ label: labels.trustedCaId, value: credential.trustedCaName }] : [],
    allowedHosts: [{ label: labels.allowedHosts, value: credential.allowedHosts.join(", ") || "None" }],
    owner: [{ label: labels.owner, value: credential.owner || null, hint: ownerHint }],
    ownerEmail: [],
    notes: [
      {
        label: labels.notes,
        value: credential.notes ? <span className="whitespace-pre-wrap">{credential.notes}</span> : null,
      },
    ],
  };
}

function describeSecrets(credential: CredentialDetail): Item[] {
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

function describeSignIn(credential: UserCredential, { redirectUri, offeredAt }: Props): Record<string, Item[]> {
  const { urlsInForce, defaultRole, roleMapping } = credential;
  const mapped = roleMapping.map(({ claimValue, role }) => `${claimValue} → ${role}`).join(", ");
  return {
    discoveryUrl: [
      {
        label: "Redirect URI",
        value: <CopiedValue value={redirectUri} label="Copy the redirect URI" isCode />,
        hint: "Register it at the provider.",
      },
      { label: labels.discoveryUrl, value: urlsInForce.discoveryUrl },
    ],
    issuer: [{ label: labels.issuer, value: urlsInForce.issuer }],
    authorizationUrl: [{ label: labels.authorizationUrl, value: urlsInForce.authorizationUrl }],
    jwksUrl: [{ label: labels.jwksUrl, value: urlsInForce.jwksUrl }],
    allowedTenants: isSharedTenant(credential.endpointUrl)
      ? [{ label: labels.allowedTenants, value: credential.allowedTenants.join(", ") || "None yet: nobody is let in" }]
      : [],
    jwtUsernameKey: [{ label: labels.jwtUsernameKey, value: <code>{credential.jwtUsernameKey}</code> }],
    jwtRolesKey: [{ label: labels.jwtRolesKey, value: <code>{credential.jwtRolesKey}</code> }],
    roleMapping: [
      {
        label: labels.roleMapping,
        value: roleMapping.length === 0 ? null : `${roleMapping.length} line${roleMapping.length === 1 ? "" : "s"}`,
        hint: mapped || undefined,
      },
    ],
    defaultRole: [
      {
        label: labels.defaultRole,
        value: defaultRole
          ? `${defaultRole.role}${defaultRole.nodeId === null ? ", all nodes" : ", at one node"}`
          : "None: not let in",
      },
    ],
    offeredAt: [
      {
        label: labels.offeredAt,
        value: credential.offeredAt.length === 0 ? "Every node" : <OfferedAt nodes={offeredAt} />,
      },
    ],
  };
}

function OfferedAt({ nodes }: { nodes: NodeChoice[] }) {
  return nodes.map(({ id, label }) => <div key={id}>{label}</div>);
}

function describeProxy({ proxy }: CredentialDetail) {
  if (proxy.mode === "named") return proxy.proxyName;
  if (proxy.mode !== "manual") return proxyWords[proxy.mode];
  const { url, username, passwordSetAt, bypass } = proxy;
  const user = username && `, user ${username}${passwordSetAt ? " with password" : ""}`;
  const around = bypass.length > 0 ? `, not for ${bypass.join(", ")}` : "";
  return `${url}${user}${around}`;
}

function describePairs(label: string, values: ShownValue[], separator: string): Item[] {
  return values.length === 0 ? [] : [{ label, value: <ShownValues values={values} separator={separator} /> }];
}
