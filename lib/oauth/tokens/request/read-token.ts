import type { Clean } from "./provider-words.ts";
import { isObject, type Members } from "./response-body.ts";

/** A usable response: a bearer token and how long it's valid. */
export type ParsedToken = {
  accessToken: string;
  /** Seconds, at most a day. */
  expiresInSeconds: number;
  /** `scope` of the response if it has one, RFC 6749 section 3.3. */
  scope: string | null;
};

/** How a credential's token responses differ from RFC 6749. */
export type ResponseSettings = {
  /** Path of the token, such as `data.access_token`; null = `access_token`. */
  tokenMember: string | null;
  acceptAnyTokenType: boolean;
};

/** Why a response has no usable token, and what to do about it. */
export class UnusableToken extends Error {
  readonly hint: string;
  constructor(message: string, hint: string) {
    super(message);
    this.name = "UnusableToken";
    this.hint = hint;
  }
}

/** Assumed if the response has no lifetime, which RFC 6749 section 5.1 only recommends. Short, to limit the damage. */
export const assumedLifetimeSeconds = 300;
/** Longer lifetimes are cut: Sallyport requests a token at least this often. */
export const maxLifetimeSeconds = 86_400;
const maxTokenLength = 32_768;

/**
 * Reads tokens and what comes with them.
 * @param response its members, and what it is, for messages.
 * @throws UnusableToken
 */
export function readToken(
  response: { members: Members; noun: string },
  { tokenMember, acceptAnyTokenType }: ResponseSettings,
  clean: Clean,
): ParsedToken & { idToken: string | null; refreshToken: string | null } {
  const root = response.members;
  const path = tokenMember || "access_token";
  const { container, value } = findMember(root, path);
  const accessToken = typeof value === "string" ? stripScheme(value) : "";
  if (accessToken === "") throw withoutToken(response, path, clean);
  // RFC 6749 appendix A.12: visible characters; a header can't contain others.
  if (accessToken.length > maxTokenLength || !/^[\x21-\x7e]+$/.test(accessToken)) {
    const found =
      accessToken.length > maxTokenLength ? `over ${maxTokenLength} characters` : "spaces or special characters";
    throw new UnusableToken(
      `answered with an access_token that can't be sent in a header: it has ${found}`,
      "Ask the provider's operator which value is the access token.",
    );
  }
  const read = (name: string) => container[name] ?? root[name];
  if (!acceptAnyTokenType) requireBearer(read("token_type"), clean);
  const scope = read("scope");
  const readText = (name: string) => {
    const text = read(name);
    return typeof text === "string" && text !== "" && text.length <= maxTokenLength ? text : null;
  };
  return {
    accessToken,
    expiresInSeconds: readLifetime(read),
    scope: typeof scope === "string" ? clean(scope, 2000) : null,
    idToken: readText("id_token"),
    refreshToken: readText("refresh_token"),
  };
}

/** Finds a member by its name, or by a path with dots; `container` is the object that has it. */
function findMember(root: Members, path: string): { container: Members; value: unknown } {
  if (Object.hasOwn(root, path)) return { container: root, value: root[path] };
  let container: Members = root;
  let value: unknown = root;
  for (const name of path.split(".")) {
    if (Array.isArray(value)) value = value[Number(name)];
    else if (isObject(value)) {
      container = value;
      value = Object.hasOwn(value, name) ? value[name] : undefined;
    } else return { container: root, value: undefined };
  }
  return { container, value };
}

/** Removes `Bearer `, which some servers put in front of the token and which is in front of it when it's sent. */
function stripScheme(token: string): string {
  return token.trim().replace(/^(?:bearer(?:\s+|$))+/i, "");
}

function withoutToken(
  { members, noun }: { members: Members; noun: string },
  path: string,
  clean: Clean,
): UnusableToken {
  const names = Object.keys(members).map((name) => clean(name, 40));
  const listed = names.slice(0, 10).join(", ") + (names.length > 10 ? ", and others" : "");
  const found = `The response is ${noun} ${names.length === 0 ? "without members" : `with ${listed}`}`;
  const candidate = listCandidates(members).find((other) => other !== path && clean(other, 400) === other);
  const hint = candidate
    ? `If ${candidate} is the access token, enter ${candidate} in Token member.`
    : "Check that the Endpoint URL is the token endpoint's. If the token has another name, enter it in Token member.";
  return new UnusableToken(`answered without ${path === "access_token" ? "an access_token" : path}. ${found}`, hint);
}

/** Lists where the token could be, the most likely first. */
function listCandidates(root: Members): string[] {
  const found: { path: string; isNamed: boolean }[] = [];
  let left = 200;
  const visit = (value: unknown, path: string[]) => {
    if (left-- <= 0 || path.length > 5) return;
    const name = path.at(-1) ?? "";
    if (typeof value === "string" && /token$/i.test(name) && !/(refresh|id|csrf|xsrf)[_-]?token$/i.test(name)) {
      const isNamed = /^access[_-]?token$/i.test(name);
      if (value !== "" && path.every((part) => /^[\w-]{1,60}$/.test(part)))
        found.push({ path: path.join("."), isNamed });
    } else if (Array.isArray(value)) {
      for (const [index, item] of value.slice(0, 5).entries()) visit(item, [...path, String(index)]);
    } else if (isObject(value)) {
      for (const [member, inner] of Object.entries(value).slice(0, 50)) visit(inner, [...path, member]);
    }
  };
  visit(root, []);
  return found.sort((a, b) => Number(b.isNamed) - Number(a.isNamed)).map(({ path }) => path);
}

/**
 * Accepts the names that servers give to bearer tokens: `Bearer` alone or with more words, `jwt`, and what calls itself an
 * access token, such as eBay's `Application Access Token`. Nothing is Bearer too.
 */
function requireBearer(type: unknown, clean: Clean): void {
  const name = type ?? "";
  if (typeof name === "string") {
    const plain = name.replace(/[^a-z0-9]/gi, "").toLowerCase();
    if (plain === "" || plain === "jwt" || plain.startsWith("bearer")) return;
    if (/(^|access|api|oauth2?|user|app|application)token$/.test(plain)) return;
  }
  const named = typeof name === "string" ? ` (${clean(name, 40)})` : "";
  throw new UnusableToken(
    `answered with a token of another type than Bearer${named}`,
    "Sallyport sends tokens as Bearer. If the service accepts this one so, select Accept any token type.",
  );
}

/** Above this, `expires` is a date and not a lifetime. */
const maxPlausibleSeconds = 315_360_000;

/** Reads `expires_in` or another name of it. Zero and less mean an unknown lifetime: no server issues expired tokens. */
function readLifetime(read: (name: string) => unknown): number {
  const toSeconds = (value: unknown) =>
    typeof value === "string" && /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value;
  const others = ["expiresIn", "expires", "expire"].map((name) => toSeconds(read(name)));
  const isPlausible = (value: unknown) => typeof value === "number" && value < maxPlausibleSeconds;
  const seconds = toSeconds(read("expires_in")) ?? others.find(isPlausible);
  if (typeof seconds !== "number" || Number.isNaN(seconds) || seconds <= 0) return assumedLifetimeSeconds;
  return Math.min(Math.max(1, Math.floor(seconds)), maxLifetimeSeconds);
}
