/** A header or parameter, and whether somebody marked its value as secret or not secret. */
export type Named = { name: string; secret?: boolean | undefined };

/** Names of headers that usually have secrets: a service's keys, tokens, and sessions. Postgres reads these patterns, too. */
export const secretHeaderNames =
  /^(proxy-)?authorization$|cookie|api[-_]?key|subscription-key|functions-key|access-?key|secret|passw|token|credential|signature|^x-auth/i;

/** Nobody can unmark these. */
const alwaysSecret = /^((proxy-)?authorization|cookie)$/i;

/** Whether the value of a header is secret: it's marked so, or its name usually has secrets and isn't unmarked. */
export function isSecretHeader({ name, secret }: Named): boolean {
  // The body is written by it, so it has to be known before the request is sent.
  if (/^content-type$/i.test(name)) return false;
  return isAlwaysSecret(name) || (secret ?? secretHeaderNames.test(name));
}

/** Whether the value of a header is secret even if it's marked as not secret. */
export function isAlwaysSecret(name: string): boolean {
  return alwaysSecret.test(name);
}

export const secretParameterNames = /secret|passw|token|assertion|code|credential|key/i;
export const plainParameterNames = /_(type|use|method|hint)$/i;

/** The same for a parameter of a token request. */
export function isSecretParameter({ name, secret }: Named): boolean {
  if (name === "grant_type") return false;
  return secret ?? hasSecretParameterName(name);
}

/** Whether parameters of this name usually have secrets. */
export function hasSecretParameterName(name: string): boolean {
  return secretParameterNames.test(name) && !plainParameterNames.test(name);
}
