/**
 * Lays JSON out over lines, two spaces per level. Works on the text, so that numbers, escapes and the order of members
 * stay exactly as they were sent.
 * @returns null when the text is no JSON object or array.
 */
export function prettyJson(text: string): string | null {
  const trimmed = text.trim();
  if (!/^[[{]/.test(trimmed) || !isJson(trimmed)) return null;
  let out = "";
  let level = 0;
  const newLine = () => `\n${"  ".repeat(level)}`;
  const tokens = trimmed.match(/"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g) ?? [];
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1];
    if (token === "{" || token === "[") {
      level += 1;
      out += token;
      if (next !== "}" && next !== "]") out += newLine();
    } else if (token === "}" || token === "]") {
      level -= 1;
      out += /[[{]$/.test(out) && tokens[index - 1] === (token === "}" ? "{" : "[") ? token : newLine() + token;
    } else if (token === ",") out += token + newLine();
    else out += token === ":" ? ": " : token;
  }
  return out;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
