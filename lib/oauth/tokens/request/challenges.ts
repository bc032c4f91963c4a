/** A challenge of WWW-Authenticate (RFC 9110 section 11.3); names in lower case. */
export type Challenge = { scheme: string; parameters: Map<string, string> };

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const parameter = new RegExp(`(${token})[ \\t]*=[ \\t]*(?:"((?:[^"\\\\]|\\\\.)*)"|(${token}))`, "y");
const scheme = new RegExp(`(${token})(?=[ \\t,]|$)(?:[ \\t]+[A-Za-z0-9._~+/-]+=*(?=[ \\t]*(?:,|$)))?`, "y");
const separator = /[ \t,]+|./sy;

/**
 * Reads challenges: several in one header or in several, quoted or not, with escapes and spaces around `=`. Skips what
 * isn't a challenge.
 * @param values of all headers WWW-Authenticate.
 */
export function readChallenges(values: readonly string[]): Challenge[] {
  const found: Challenge[] = [];
  for (const value of values) {
    const read = (pattern: RegExp, at: number) => {
      pattern.lastIndex = at;
      return pattern.exec(value);
    };
    for (let at = 0; at < value.length; ) {
      const pair = read(parameter, at);
      const [matched, name = "", quoted, plain = ""] = pair ?? read(scheme, at) ?? read(separator, at)!;
      at += matched.length;
      if (pair) {
        const text = quoted === undefined ? plain : quoted.replace(/\\(.)/gs, "$1");
        found.at(-1)?.parameters.set(name.toLowerCase(), decodeUtf8(text));
      } else if (name) found.push({ scheme: name.toLowerCase(), parameters: new Map() });
    }
  }
  return found;
}

/** Node reads headers as Latin-1; many servers send UTF-8. */
function decodeUtf8(text: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(text, "latin1"));
  } catch {
    return text;
  }
}
