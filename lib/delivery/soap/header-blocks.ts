import { ns } from "./names.ts";
import { parseXml, XmlError } from "./xml/parse-xml.ts";

/** Calls mostly send the same header blocks. */
const checked = new Set<string>();

/**
 * Explains why header blocks can't be sent, as a sentence; null if they can. Each block declares its own prefixes, except `soap`, and
 * none can end the Header.
 */
export function findHeaderProblem(xml: string): string | null {
  const text = xml.trim();
  if (text === "" || checked.has(text)) return null;
  try {
    parseXml(`<headers xmlns:soap="${ns.envelope}">${text}</headers>`);
  } catch (err) {
    if (!(err instanceof XmlError)) throw err;
    return `The header blocks aren't valid XML: ${err.message}.`;
  }
  if (checked.size > 500) checked.clear();
  checked.add(text);
  return null;
}
