const opaque = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>/y;
const attributes = /([^\s=<>/"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'))?/g;

/** Finds the first prefix that no element around it declares (Namespaces in XML 1.0 section 5); null if there is none. */
export function findUndeclaredPrefix(text: string): string | null {
  const scopes: ReadonlySet<string>[] = [new Set(["xml"])];
  for (let at = text.indexOf("<"); at !== -1; at = text.indexOf("<", at)) {
    opaque.lastIndex = at;
    if (opaque.test(text)) {
      at = opaque.lastIndex;
      continue;
    }
    const end = findEnd(text, at);
    const tag = text.slice(at + 1, end);
    at = end;
    if (tag.startsWith("/")) {
      if (scopes.length > 1) scopes.pop();
      continue;
    }
    const [name = ""] = /^[^\s/>]+/.exec(tag) ?? [];
    const given = [...tag.slice(name.length).matchAll(attributes)].map(
      ([, key = "", quoted, single]): [string, string] => [key, quoted ?? single ?? ""],
    );
    const scope = declare(scopes.at(-1)!, given);
    const unknown = [name, ...given.map(([key]) => key)].map(prefixOf).find((prefix) => prefix && !scope.has(prefix));
    if (unknown) return unknown;
    if (!tag.endsWith("/")) scopes.push(scope);
  }
  return null;
}

function declare(around: ReadonlySet<string>, given: [string, string][]): ReadonlySet<string> {
  const own = given.filter(([key]) => key.startsWith("xmlns:"));
  if (own.length === 0) return around;
  const scope = new Set(around);
  for (const [key, namespace] of own) {
    const prefix = key.slice("xmlns:".length);
    if (namespace === "") scope.delete(prefix);
    else scope.add(prefix);
  }
  return scope;
}

/** The prefix of a name, null for a declaration and for a name without a prefix. */
function prefixOf(name: string): string | null {
  const colon = name.indexOf(":");
  return colon <= 0 || name.startsWith("xmlns:") ? null : name.slice(0, colon);
}

/** The `>` of a tag, or the end of the text. A `>` in a quoted value doesn't count. */
function findEnd(text: string, start: number): number {
  let quote = "";
  for (let at = start; at < text.length; at++) {
    const char = text[at]!;
    if (quote !== "") {
      if (char === quote) quote = "";
    } else if (char === '"' || char === "'") quote = char;
    else if (char === ">") return at;
  }
  return text.length;
}
