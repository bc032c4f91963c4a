import { RE2JS } from "re2js";
import { PatternError, type Translation, translatePattern } from "./translate.ts";

/** What is compiled of a pattern: one character's set with how often it occurs, or a whole pattern. */
type Compiled = { matcher: RE2JS; size: number; repeated: Translation["repeated"] } | PatternError;

/** Steps of one match: a value's characters times the pattern's size, about half a second at worst. */
const maxSteps = 2_000_000;
const maxCached = 500;
const cache = new Map<string, Compiled>();

/**
 * Whether a whole text fits a pattern of XML Schema (part 2, appendix F), in time that is linear in the text.
 * @throws PatternError for a pattern that can't be translated, and where checking the text would take too long
 */
export function matchesPattern(source: string, text: string): boolean {
  const compiled = getCompiled(source);
  if (compiled instanceof PatternError) throw compiled;
  const { matcher, size, repeated } = compiled;
  if (text.length * size > maxSteps) throw new PatternError("the value is too long for it");
  if (!repeated) return matcher.testExact(text);
  const length = [...text].length;
  return length >= repeated.min && length <= repeated.max && matcher.testExact(text);
}

function getCompiled(source: string): Compiled {
  const known = cache.get(source);
  if (known) return known;
  const compiled = compile(source);
  if (cache.size >= maxCached) cache.delete(cache.keys().next().value!);
  cache.set(source, compiled);
  return compiled;
}

function compile(source: string): Compiled {
  try {
    const { text, size, repeated } = translatePattern(source);
    // How often one character occurs is counted, since RE2 would write out each occurrence.
    if (repeated) return { matcher: RE2JS.compile(`${text}*`), size: 1, repeated };
    return { matcher: RE2JS.compile(text), size, repeated };
  } catch (cause) {
    if (cause instanceof PatternError) return cause;
    return new PatternError(cause instanceof Error ? cause.message.slice(0, 200) : String(cause));
  }
}
