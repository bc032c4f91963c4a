import type { Grant, Role } from "#lib/access/permissions/permissions.ts";
import { type Claims, readClaim } from "#lib/oauth/providers/read-claim.ts";
import { toStorable } from "#lib/platform/db/storable.ts";

/** What a credential says about the claims of those who sign in with it. */
export type MappingSettings = {
  provider: "entra" | "generic";
  /** Where the claims come from, for the words. */
  claimsSource: "id_token" | "access_token" | "userinfo";
  jwtUsernameKey: string;
  jwtRolesKey: string;
  roleMapping: readonly { claimValue: string; role: Role; nodeId: string | null }[];
  /** For who has none of the mapped roles; null = no access. */
  defaultRole: Grant | null;
};

/** Why claims let nobody in. */
export const claimRefusalCodes = [
  "username_missing",
  "username_empty",
  "username_wrong_type",
  "roles_missing",
  "roles_empty",
  "roles_wrong_type",
  "group_overage",
  "no_mapped_role",
] as const;
export type ClaimRefusalCode = (typeof claimRefusalCodes)[number];

/** A refusal with its reason: which field of the credential to change, and which setting of the provider. */
export type ClaimRefusal = {
  code: ClaimRefusalCode;
  message: string;
  hint: string;
  field: "jwtUsernameKey" | "jwtRolesKey" | "roleMapping";
};

/** What stood in the claims. `shape` in words: `an array of 2`, `a string with 3 values separated by spaces`. */
export type FoundClaims = {
  username: string | null;
  roles: { values: string[]; shape: string } | null;
  /** Values that the mapping gives a role for. */
  mapped: string[];
  /** Values without one. */
  unmapped: string[];
  usesDefaultRole: boolean;
};

export type MappedClaims =
  | { ok: true; username: string; displayName: string; grants: Grant[]; found: FoundClaims }
  | { ok: false; refusal: ClaimRefusal; found: FoundClaims };

const maxUsername = 200;
const maxValues = 2000;

/** Claims and mapping → who it is and what they may do, or why they may not come in. */
export function mapClaims(claims: Claims, settings: MappingSettings): MappedClaims {
  const found: FoundClaims = { username: null, roles: null, mapped: [], unmapped: [], usesDefaultRole: false };
  const username = readUsername(claims, settings);
  if (typeof username === "object") return { ok: false, refusal: username, found };
  found.username = username;
  const roles = readRoles(claims, settings);
  if ("code" in roles) {
    // Who has no role at all may have the default one; a claim that can't be read tells nothing about that.
    const mayDefault = settings.defaultRole && (roles.code === "roles_missing" || roles.code === "roles_empty");
    if (!mayDefault) return { ok: false, refusal: roles, found };
  } else found.roles = roles;
  const values = found.roles?.values ?? [];
  const fits = (value: string) => settings.roleMapping.some(({ claimValue }) => claimValue === value);
  found.mapped = values.filter(fits);
  found.unmapped = values.filter((value) => !fits(value));
  const grants = uniqueGrants(settings.roleMapping.filter(({ claimValue }) => values.includes(claimValue)));
  if (grants.length === 0 && settings.defaultRole) {
    found.usesDefaultRole = true;
    grants.push({ role: settings.defaultRole.role, nodeId: settings.defaultRole.nodeId });
  }
  if (grants.length === 0) return { ok: false, refusal: describeUnmapped(values, settings), found };
  const name = claims.name;
  const displayName = typeof name === "string" ? toStorable(tidy(name).slice(0, maxUsername)) : "";
  return { ok: true, username, displayName: displayName || username, grants, found };
}

function uniqueGrants(lines: readonly Grant[]): Grant[] {
  const seen = new Map(lines.map(({ role, nodeId }) => [`${role} ${nodeId}`, { role, nodeId }]));
  return [...seen.values()];
}

function readUsername(claims: Claims, settings: MappingSettings): string | ClaimRefusal {
  const { jwtUsernameKey: key } = settings;
  const value = readClaim(claims, key);
  const refuse = (code: ClaimRefusalCode, what: string): ClaimRefusal => ({
    code,
    message: `${nameSource(settings)} ${what}, which JWT username points at.`,
    hint: usernameHint(claims, settings),
    field: "jwtUsernameKey",
  });
  if (value === undefined || value === null) return refuse("username_missing", `has no claim “${key}”`);
  if (typeof value !== "string" && typeof value !== "number") {
    return refuse("username_wrong_type", `has ${describeType(value)} in the claim “${key}” instead of a text`);
  }
  const username = tidy(String(value));
  if (username === "") return refuse("username_empty", `has an empty claim “${key}”`);
  if (username.length > maxUsername) {
    return refuse("username_wrong_type", `has more than ${maxUsername} characters in the claim “${key}”`);
  }
  return username;
}

function usernameHint(claims: Claims, { provider, jwtUsernameKey }: MappingSettings): string {
  const usual = ["preferred_username", "upn", "email", "unique_name", "name", "sub"];
  const there = usual.filter((name) => name !== jwtUsernameKey && typeof claims[name] === "string");
  const choose = `Change JWT username in the credential${there.length > 0 ? `; the token has ${there.join(", ")}` : ""}.`;
  if (provider !== "entra") return `${choose} Or have the provider add the claim.`;
  return `${choose} Or add the claim in Entra ID: App registrations → the app → Token configuration → Add optional claim → ID; preferred_username needs the scope profile.`;
}

/**
 * The values of the roles claim, and in which form they stood there. They are compared as they came: who may name a group at the
 * provider could else give it the name of another one with an invisible character in it, and with that its role.
 */
function readRoles(claims: Claims, settings: MappingSettings): { values: string[]; shape: string } | ClaimRefusal {
  const { jwtRolesKey: key } = settings;
  const value = readClaim(claims, key);
  const refuse = (code: ClaimRefusalCode, what: string, hint = rolesHint(settings)): ClaimRefusal => ({
    code,
    message: `${nameSource(settings)} ${what}, which JWT roles key points at.`,
    hint,
    field: "jwtRolesKey",
  });
  if (value === undefined || value === null) {
    if (isOverage(claims, key)) return describeOverage(settings);
    return refuse("roles_missing", `has no claim “${key}”`);
  }
  const read = readValues(value, settings);
  if (read === null) {
    return refuse("roles_wrong_type", `has ${describeType(value)} in the claim “${key}” instead of roles`);
  }
  if (read.values.length === 0) return refuse("roles_empty", `has nothing in the claim “${key}” (${read.shape})`);
  return { ...read, values: [...new Set(read.values)].slice(0, maxValues) };
}

function readValues(value: unknown, settings: MappingSettings): { values: string[]; shape: string } | null {
  if (Array.isArray(value)) {
    if (!value.every((item) => typeof item === "string" || typeof item === "number")) return null;
    return { values: value.map(String).filter((item) => item.trim() !== ""), shape: `an array of ${value.length}` };
  }
  if (typeof value === "string") return readText(value, settings);
  if (typeof value === "object" && value !== null) {
    const names = Object.entries(value).filter(
      ([, granted]) => granted !== false && granted !== null && granted !== "false",
    );
    return { values: names.map(([name]) => name), shape: `an object with ${names.length} names` };
  }
  return null;
}

/** A text may be one role or several; one that is mapped as it stands is one, whatever is in it. */
function readText(text: string, { roleMapping }: MappingSettings): { values: string[]; shape: string } {
  const whole = text.trim();
  if (whole === "") return { values: [], shape: "an empty text" };
  if (roleMapping.some(({ claimValue }) => claimValue === whole)) return { values: [whole], shape: "a single text" };
  const [separator, name] = whole.includes(",") ? [",", "commas"] : [/\s+/, "spaces"];
  // Trimmed afterwards: a separator that takes the spaces itself needs quadratic time for a long row of them.
  const values = whole
    .split(separator)
    .map((value) => value.trim())
    .filter(Boolean);
  if (values.length <= 1) return { values, shape: "a single text" };
  return { values, shape: `a text of ${values.length} values separated by ${name}` };
}

/**
 * Microsoft identity platform, "Groups overage claim": with too many groups the token names only where to ask for them
 * (`_claim_names`), or says just that there are some (`hasgroups`).
 */
function isOverage(claims: Claims, key: string): boolean {
  const names = claims._claim_names;
  const elsewhere = typeof names === "object" && names !== null ? Object.keys(names) : [];
  if (elsewhere.some((name) => key === name || key.startsWith(`${name}.`) || key.startsWith(`${name}[`))) return true;
  const says = claims.hasgroups === true || claims.hasgroups === "true";
  return says && /^groups(\b|$)/.test(key);
}

function describeOverage({ jwtRolesKey }: MappingSettings): ClaimRefusal {
  return {
    code: "group_overage",
    message: `The person is in too many groups: Entra ID leaves “${jwtRolesKey}” out of the token and only says where to ask for them (group overage).`,
    hint: "Change JWT roles key to roles and use app roles: in Entra ID, App registrations → the app → App roles, then Enterprise applications → the app → Users and groups. Or limit the groups: Token configuration → groups claim → Groups assigned to the application.",
    field: "jwtRolesKey",
  };
}

function describeUnmapped(values: string[], { jwtRolesKey, provider }: MappingSettings): ClaimRefusal {
  const some = values.slice(0, 5).map(showInvisible).join(", ");
  const more = values.length > 5 ? ` and ${values.length - 5} more` : "";
  return {
    code: "no_mapped_role",
    message:
      values.length === 0
        ? `The person has no roles in the claim “${jwtRolesKey}”.`
        : `None of the person's roles is in Role mapping: “${jwtRolesKey}” has ${some}${more}.`,
    hint: `Add a line to Role mapping of the credential, or choose a default role${
      provider === "entra"
        ? "; or assign an app role in Entra ID: Enterprise applications → the app → Users and groups."
        : "."
    }`,
    field: "roleMapping",
  };
}

function rolesHint({ provider, jwtRolesKey, claimsSource }: MappingSettings): string {
  if (provider !== "entra") {
    const other = claimsSource === "id_token" ? ", or read the access token or userinfo instead (Claims from)" : "";
    return `Change JWT roles key in the credential${other}, or have the provider add the claim.`;
  }
  if (/^groups\b/.test(jwtRolesKey)) {
    return "In Entra ID add the groups claim: App registrations → the app → Token configuration → Add groups claim. Or use app roles and change JWT roles key to roles.";
  }
  return "In Entra ID give the person an app role: App registrations → the app → App roles, then Enterprise applications → the app → Users and groups. Or change JWT roles key in the credential, for instance to groups.";
}

function nameSource({ claimsSource }: MappingSettings): string {
  return { id_token: "The ID token", access_token: "The access token", userinfo: "The answer of userinfo" }[
    claimsSource
  ];
}

function describeType(value: unknown): string {
  if (Array.isArray(value)) {
    return value.some((item) => typeof item === "object") ? "an array of objects" : `an array of ${value.length}`;
  }
  if (value !== null && typeof value === "object") return "an object";
  return typeof value === "boolean" ? "true or false" : `a ${typeof value}`;
}

/** A value for the words, with what nobody sees as an escape, so that it is not taken for the one it looks like. */
function showInvisible(text: string): string {
  const shown = text.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`);
  return shown.length > maxUsername ? `${toStorable(shown.slice(0, maxUsername))}…` : shown;
}

/** Without control and invisible characters, which could make two names look alike, and halves of surrogate pairs. */
function tidy(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}]+/gu, "").trim();
}
