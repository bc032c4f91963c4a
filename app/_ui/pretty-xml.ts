const comment = /<!--[\s\S]*?-->/;
const cdata = /<!\[CDATA\[[\s\S]*?\]\]>/;
const instruction = /<\?[\s\S]*?\?>/;
const tag = /<\/?[^\s<>/!?][^<>]*>/;
const tokens = new RegExp([comment, cdata, instruction, tag, /[^<]+/].map(({ source }) => source).join("|"), "g");

/**
 * Lays XML out over lines, two spaces per level. Only white space between tags is touched: where an element holds text, its
 * content stays on one line just as it came.
 * @returns null when the text is no XML document, or is cut.
 */
export function prettyXml(text: string): string | null {
  const trimmed = text.trim();
  if (!trimmed.startsWith("<") || /<!DOCTYPE/i.test(trimmed)) return null;
  const parts = trimmed.match(tokens) ?? [];
  if (parts.join("") !== trimmed) return null;
  const lines: string[] = [];
  let level = 0;
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at]!;
    const indent = "  ".repeat(Math.max(0, part.startsWith("</") ? level - 1 : level));
    if (part.trim() === "") continue;
    if (part.startsWith("</")) level -= 1;
    if (!isOpening(part)) {
      lines.push(indent + part.trim());
      continue;
    }
    const end = findEndOfText(parts, at);
    if (end === null) level += 1;
    lines.push(indent + (end === null ? part : parts.slice(at, end + 1).join("")));
    at = end ?? at;
  }
  return level === 0 ? lines.join("\n") : null;
}

function isOpening(part: string): boolean {
  return /^<[^/!?]/.test(part) && !part.endsWith("/>");
}

/** Where the element that opens at a place ends, when it holds text or nothing; null when it only holds elements. */
function findEndOfText(parts: string[], start: number): number | null {
  let depth = 0;
  let holdsText = false;
  for (let at = start; at < parts.length; at++) {
    const part = parts[at]!;
    if (isOpening(part)) depth += 1;
    else if (part.startsWith("</")) depth -= 1;
    else if (depth === 1 && (part.startsWith("<![CDATA[") || (!part.startsWith("<") && part.trim() !== ""))) {
      holdsText = true;
    }
    if (depth === 0) return holdsText || at <= start + 1 || isBlank(parts, start, at) ? at : null;
  }
  return null;
}

function isBlank(parts: string[], start: number, end: number): boolean {
  return parts.slice(start + 1, end).every((part) => part.trim() === "");
}
