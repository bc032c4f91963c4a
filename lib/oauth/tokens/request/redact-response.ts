import { compileSecrets, removed, removeEchoes } from "#lib/platform/redaction/echoes.ts";
import { isObject, type Members } from "./response-body.ts";

/** The secrets of a token request, and what of it is no secret. */
export type Sent = { secrets: readonly string[]; shown: string };

/** A signed request, or a token, that a provider repeats. */
const jwt = /\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*/g;
/** More than is kept of any text, so that the search for JWTs stays small. */
const maxLength = 4096;

/** Returns a function that removes what was sent, and the response's own tokens, from texts of a response. */
export function createRedaction(sent: Sent, members: Members | null): (text: string) => string {
  let secrets: ReturnType<typeof compileSecrets> | undefined;
  return (text) => {
    secrets ??= compileSecrets([...sent.secrets, ...listTokens(members)], sent);
    return removeEchoes(text.slice(0, maxLength), secrets).replaceAll(jwt, removed);
  };
}

/** Lists the texts of members whose names end in `token`, wherever they are. */
function listTokens(root: unknown): string[] {
  const found: string[] = [];
  let left = 500;
  const visit = (value: unknown, name: string, depth: number) => {
    if (left-- <= 0 || depth > 5) return;
    if (typeof value === "string" && /token$/i.test(name)) found.push(value);
    else if (Array.isArray(value)) for (const item of value) visit(item, name, depth + 1);
    else if (isObject(value)) for (const [member, inner] of Object.entries(value)) visit(inner, member, depth + 1);
  };
  visit(root, "", 0);
  return found;
}
