import { usesKey, usesSecret } from "#lib/oauth/client-authentication/registry.ts";
import { type Destinations, isDestinationAllowed } from "#lib/oauth/credentials/allowed-hosts.ts";
import { type AnyFields, credentialFields } from "#lib/oauth/credentials/definition.ts";
import { originOf } from "#lib/oauth/credentials/endpoint.ts";
import type { CredentialConfiguration } from "#lib/oauth/credentials/model.ts";
import { haveSameKey } from "#lib/platform/certificates/check-key-material.ts";
import { namesOf } from "#lib/platform/definitions/field.ts";
import type { FieldError } from "#lib/platform/errors/app-error.ts";
import { toHostEntry } from "#lib/platform/net/hosts.ts";
import type { ConfigurationColumns } from "./saving/to-columns.ts";

/**
 * Where an edit would send a stored secret that was entered for another place. Who may edit may not thereby read: the
 * secret has to be entered again.
 * @param before what is stored. @param after the merged fields; a secret that is left out is the stored one.
 */
export function complainAboutMovedSecrets(before: CredentialConfiguration, after: AnyFields): FieldError[] {
  const found: FieldError[] = [];
  const movedTo = findMovedOrigin(before, after);
  const endpoint = movedTo ?? originOf(after.endpointUrl);
  const keepsSecret = before.clientSecretSetAt !== null && after.clientSecret === undefined;
  const keepsKey = before.privateKeySetAt !== null && after.privateKey === undefined;
  const message =
    movedTo !== null
      ? `Enter it again: the endpoint is now at ${endpoint}, and a stored secret is never sent to another server.`
      : (after.trustedCaId ?? null) !== before.trustedCaId
        ? "Enter it again: the certificate authority changed."
        : null;
  if (message !== null) {
    if (keepsSecret) found.push({ field: "clientSecret", message });
    if (keepsKey) found.push({ field: "privateKey", message });
  }
  const proxyBefore = before.proxy.mode === "manual" ? before.proxy : null;
  const proxyAfter = after.proxy.mode === "manual" ? after.proxy : null;
  const proxyMoved = nameProxy(after.proxy) !== nameProxy(before.proxy);
  if (proxyAfter && proxyMoved && proxyBefore?.passwordSetAt && proxyAfter.password === undefined) {
    const message =
      "Enter it again: the proxy is another one now, and a stored password is never sent to another server.";
    found.push({ field: "proxy.password", message });
  }
  if (keepsKey && after.certificate && after.certificate !== before.certificate) {
    const isRenewed = before.certificate !== null && haveSameKey(after.certificate, before.certificate);
    if (!isRenewed) found.push({ field: "privateKey", message: "Enter the private key of the new certificate too." });
  }
  // Over plain http (this machine only) the proxy would read the secret.
  if (nameProxy(after.proxy) !== null && proxyMoved && keepsSecret && endpoint.startsWith("http:")) {
    found.push({ field: "clientSecret", message: "Enter it again: it would pass through another proxy unencrypted." });
  }
  return found;
}

/** Names a proxy of a credential; null for none, and for that of the environment, which belongs to Sallyport itself. */
function nameProxy(proxy: AnyFields["proxy"] | CredentialConfiguration["proxy"]): string | null {
  if (proxy.mode === "named") return proxy.proxyId;
  return proxy.mode === "manual" ? originOf(proxy.url) : null;
}

const endpoints = ["endpointUrl", "discoveryUrl", "issuer", "authorizationUrl", "jwksUrl"] as const;
type Endpoints = { endpointUrl: string } & Partial<Record<(typeof endpoints)[number], string | null>>;

/** Lists the servers of all URLs of a credential, that of the token endpoint first. */
export function listOrigins(urls: Endpoints): string[] {
  return [...new Set(endpoints.flatMap((name) => (urls[name] ? [originOf(urls[name])] : [])))];
}

/**
 * The new server that an edit leads to. Each URL counts: a discovery document names servers that get the secret, and where users
 * sign in and whose keys verify that decides who gets in.
 */
function findMovedOrigin(before: Endpoints, after: Endpoints): string | null {
  const home = originOf(before.endpointUrl);
  for (const name of endpoints) {
    const origin = after[name] && originOf(after[name]);
    if (origin && origin !== home && origin !== (before[name] && originOf(before[name]))) return origin;
  }
  return null;
}

/**
 * Which stored secret an edit has no use for and would leave behind for another server: the one that the client
 * authentication and TLS do not use, when the endpoint moves. It is removed; switching back asks for it again.
 */
export function findLeftBehind(
  before: CredentialConfiguration,
  after: AnyFields,
): "clientSecret" | "privateKey" | null {
  if (findMovedOrigin(before, after) === null) return null;
  const unused = usesSecret(after) ? (usesKey(after) ? null : "privateKey") : "clientSecret";
  return unused !== null && before[`${unused}SetAt`] !== null && after[unused] === undefined ? unused : null;
}

/** A transport that uses the credential, as far as allowed hosts are concerned. */
export type TransportTarget = {
  name: string;
  nodeName: string;
  http: { url: string } | null;
  soap: { wsdlUrl: string; endpointUrl?: string } | null;
};

/** Transports that new allowed hosts would cut off; those that are cut off already don't matter. */
export function complainAboutHosts(
  before: Omit<Destinations, "name">,
  allowedHosts: readonly string[],
  targets: TransportTarget[],
): FieldError[] {
  const cutOff = targets.flatMap((target) => {
    const { http, soap } = target;
    const urls = [http?.url, soap?.wsdlUrl, soap?.endpointUrl].filter((url) => url !== undefined && URL.canParse(url));
    const after = { type: before.type, allowedHosts };
    const url = urls.find((each) => isDestinationAllowed(before, each!) && !isDestinationAllowed(after, each!));
    return url ? [{ ...target, entry: toHostEntry(url) }] : [];
  });
  if (cutOff.length === 0) return [];
  const named = cutOff.slice(0, 5).map(({ name, nodeName, entry }) => `${name} on ${nodeName} (${entry})`);
  const more = cutOff.length > named.length ? ` and ${cutOff.length - named.length} more` : "";
  const message = `These transports use the credential and would be cut off: ${named.join(", ")}${more}. Allow their hosts, or change them first.`;
  return [{ field: "allowedHosts", message }];
}

/** Columns on which a token depends: how, where and for what it is asked for. */
const tokenColumns = namesOf(credentialFields, ({ concernsTokens }) => concernsTokens === true);

/** These columns as text, the same for the same values. */
export function writeTokenColumns(from: Record<string, unknown>): string {
  return canonical(tokenColumns.map((name) => from[name] ?? null));
}

/** The columns that differ. */
export function differingColumns<C extends ConfigurationColumns>(before: C, after: C): (keyof C)[] {
  const names = Object.keys(after) as (keyof C)[];
  return names.filter((name) => canonical(before[name]) !== canonical(after[name]));
}

/** Whether an edit matters to tokens: what is in hand must not be used any more and the status is unknown. */
export function concernsTokens(changed: readonly string[]): boolean {
  return changed.some((name) => (tokenColumns as string[]).includes(name));
}

/** Postgres' jsonb does not keep the order of keys, so it must not count. */
function canonical(value: unknown): string {
  return JSON.stringify(value ?? null, (_, inner) =>
    inner && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
