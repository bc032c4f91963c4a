import type { Filled } from "./fill.ts";

/** What a pasted text holds: values of fields, and a discovery URL to look up. */
export type Pasted = { values: Partial<Filled>; discoveryUrl: string | null };

type PastedField = "endpointUrl" | "issuer" | "clientId" | "clientSecret" | "scope" | "discoveryUrl";

/** Names under which programs and providers keep these values, without separators and in lowercase. */
const names: Record<PastedField, RegExp> = {
  endpointUrl: /(^|oauth2?|auth|idp)(token(endpoint|url|uri)|accesstokenurl)$/,
  issuer: /(^|oidc|oauth2?|auth|idp)issuer(url|uri|baseurl)?$/,
  clientId: /(^|.*[a-z0-9])(clientid|applicationid|appid|consumerkey)$/,
  clientSecret: /(^|.*[a-z0-9])(clientsecret|consumersecret)$/,
  scope: /(^|.*[a-z0-9])scopes?$/,
  discoveryUrl: /(discovery|wellknown|openidconfiguration|metadata)(url|uri|endpoint)?$/,
};

/**
 * Reads a discovery URL or document, JSON (such as a service key), or `.env`.
 * @returns null if the text is none of these, or has none of the values.
 */
export function readPasted(text: string): Pasted | null {
  const trimmed = text.trim();
  if (/^https?:\/\/\S+$/.test(trimmed)) {
    return /\/\.well-known\//.test(trimmed)
      ? { values: {}, discoveryUrl: trimmed }
      : { values: { endpointUrl: trimmed }, discoveryUrl: null };
  }
  const pairs = trimmed.startsWith("{") ? readJson(trimmed) : readLines(trimmed);
  const found: Partial<Record<PastedField, string>> = {};
  for (const [name, value] of pairs) {
    const plain = name.toLowerCase().replace(/[^a-z0-9]/g, "");
    const field = (Object.keys(names) as PastedField[]).find((each) => names[each].test(plain));
    if (field && value !== "") found[field] ??= value;
  }
  found.endpointUrl ??= readTenant(pairs) ?? readServiceKey(pairs);
  const { discoveryUrl = null, ...values } = found;
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  if (entries.length === 0 && !discoveryUrl) return null;
  return { values: Object.fromEntries(entries), discoveryUrl: values.endpointUrl ? null : discoveryUrl };
}

type Pair = [name: string, value: string];

function readJson(text: string): Pair[] {
  try {
    return flatten(JSON.parse(text));
  } catch {
    return [];
  }
}

function flatten(value: unknown): Pair[] {
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([name, inner]): Pair[] =>
    typeof inner === "string" ? [[name, inner.trim()]] : Array.isArray(inner) ? [] : flatten(inner),
  );
}

/** Lines such as `CLIENT_ID=…`, `export CLIENT_ID="…"`, or `Client ID: …`. */
function readLines(text: string): Pair[] {
  return text.split(/\r?\n/).flatMap((line): Pair[] => {
    const match = /^\s*(?:export\s+)?([A-Za-z][\w .-]*?)\s*[=:]\s*(.*?)\s*$/.exec(line);
    return match ? [[match[1]!, match[2]!.replace(/^(["'])(.*)\1$/, "$2")]] : [];
  });
}

/** An Entra tenant, which is completed to its endpoint. */
function readTenant(pairs: Pair[]): string | undefined {
  return pairs.find(([name]) => /(^|[^a-z])(tenant|directory)[ _-]?(id)?$/i.test(name))?.[1];
}

/** The `url` of an SAP service key, which has `clientid` next to it. */
function readServiceKey(pairs: Pair[]): string | undefined {
  const url = pairs.find(([name, value]) => name === "url" && /^https:\/\/[^/]+\.authentication\./.test(value))?.[1];
  return url && `${url.replace(/\/$/, "")}/oauth/token`;
}
