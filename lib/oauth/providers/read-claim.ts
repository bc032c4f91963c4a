/** The claims of a token, as they came (RFC 7519 section 4). */
export type Claims = Record<string, unknown>;

/**
 * Reads what a key of a credential points at: a claim by its whole name (`roles`, `https://contoso.com/roles`), or a path
 * through objects and arrays (`realm_access.roles`, `resource_access.portal.roles[0]`). A name with dots in it wins over a
 * path, at each level.
 * @returns undefined when there is nothing.
 */
export function readClaim(claims: unknown, key: string): unknown {
  if (key === "") return claims;
  if (claims === null || typeof claims !== "object") return undefined;
  const index = /^\[(\d{1,6})\](?:\.|(?=\[)|$)/.exec(key);
  if (Array.isArray(claims)) {
    const bare = index ?? /^(\d{1,6})(?:\.|(?=\[)|$)/.exec(key);
    return bare ? readClaim(claims[Number(bare[1])], key.slice(bare[0].length)) : undefined;
  }
  const from = claims as Claims;
  if (Object.hasOwn(from, key)) return from[key];
  // From the longest name to the shortest, since names may hold dots themselves.
  for (let end = key.length - 1; end > 0; end--) {
    const isDot = key[end] === ".";
    if (!isDot && key[end] !== "[") continue;
    const name = key.slice(0, end);
    if (!Object.hasOwn(from, name)) continue;
    const found = readClaim(from[name], key.slice(isDot ? end + 1 : end));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** One place in the claims that a key could point at. */
export type ClaimPath = { key: string; value: unknown };

/**
 * Everything in the claims that a key may point at, with the key that reads it, for clicking: claims themselves, members
 * of objects, and entries of arrays.
 */
export function listClaimPaths(claims: Claims, limit = 500): ClaimPath[] {
  const found: ClaimPath[] = [];
  const visit = (key: string, value: unknown, depth: number) => {
    if (found.length >= limit) return;
    if (readClaim(claims, key) === value) found.push({ key, value });
    if (depth > 6 || value === null || typeof value !== "object") return;
    const isList = Array.isArray(value);
    const inner = isList ? [...value.slice(0, 50).entries()] : Object.entries(value);
    for (const [name, item] of inner) visit(isList ? `${key}[${name}]` : `${key}.${name}`, item, depth + 1);
  };
  for (const [name, value] of Object.entries(claims)) visit(name, value, 0);
  return found;
}
