/** What an access token says of itself. */
export type TokenClaims = Record<string, unknown>;

/** Claims that tell who may do what where and how long, in the order in which they are shown (RFC 9068, Microsoft's own). */
const shownClaims: [string, string][] = [
  ["iss", "issuer"],
  ["aud", "audience"],
  ["azp", "client"],
  ["appid", "client"],
  ["client_id", "client"],
  ["tid", "tenant"],
  ["sub", "subject"],
  ["idtyp", "kind"],
  ["roles", "roles"],
  ["scp", "scope"],
  ["scope", "scope"],
  ["ver", "version"],
  ["iat", "issued"],
  ["nbf", "not before"],
  ["exp", "expires"],
];
const times = new Set(["iat", "nbf", "exp"]);
const maxLength = 300;

/** The claims of an access token that is a JWT (RFC 7519), unverified; null of an opaque one. */
export function decodeClaims(token: string): TokenClaims | null {
  const parts = token.split(".");
  if (parts.length !== 3) return null;
  try {
    const claims: unknown = JSON.parse(Buffer.from(parts[1] ?? "", "base64url").toString("utf8"));
    return claims !== null && typeof claims === "object" && !Array.isArray(claims) ? (claims as TokenClaims) : null;
  } catch {
    return null;
  }
}

/** The claims that matter in words. Others only by name: what a provider puts there may be meant for nobody else. */
export function describeClaims(claims: TokenClaims): { name: string; value: string }[] {
  const known = new Set(shownClaims.map(([claim]) => claim));
  const facts = shownClaims.flatMap(([claim, word]) =>
    claims[claim] === undefined ? [] : [{ name: `${claim} (${word})`, value: describeValue(claim, claims[claim]) }],
  );
  const others = Object.keys(claims).filter((claim) => !known.has(claim));
  return others.length === 0 ? facts : [...facts, { name: "More claims", value: cut(others.join(", ")) }];
}

/** A time claim (RFC 7519 section 2, NumericDate) in milliseconds, null when there is none. */
export function readTime(claims: TokenClaims | null, claim: "iat" | "nbf" | "exp"): number | null {
  const value = claims?.[claim];
  return typeof value === "number" && Number.isFinite(value) && Math.abs(value) < 8e12 ? value * 1000 : null;
}

function describeValue(claim: string, value: unknown): string {
  const time = times.has(claim) ? readTime({ [claim]: value }, claim as "iat") : null;
  if (time !== null) return new Date(time).toISOString();
  return cut(
    Array.isArray(value)
      ? value.map(String).join(", ") || "none"
      : typeof value === "string"
        ? value
        : JSON.stringify(value),
  );
}

function cut(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, " ");
  return line.length > maxLength ? `${line.slice(0, maxLength - 1)}…` : line;
}
