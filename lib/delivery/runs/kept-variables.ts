import { findRounded } from "#lib/platform/edges/exact-json.ts";
import type { RunRequestReceipt } from "./model.ts";

/** How many characters of variables a run keeps, as JSON. */
const maxLength = 8192;

/** How JSON writes what Postgres can't store. */
const unstorable = /\\u(?:0000|d[89a-f])/i;

/**
 * The variables to run a trigger again with: only values that the redacted request shows, so that nothing is kept that the receipt hides.
 * Null without any.
 */
export function keepVariables(
  variables: Record<string, unknown>,
  request: RunRequestReceipt | null,
): Record<string, unknown> | null {
  const given = Object.entries(variables);
  if (given.length === 0 || request === null) return null;
  const { url, headers, body } = request;
  const shown = [url, body, ...headers.map(({ value }) => value)];
  const kept = given.filter(([, value]) => isShown(value, shown));
  const text = JSON.stringify(Object.fromEntries(kept));
  if (kept.length === 0 || text.length > maxLength || unstorable.test(text) || findRounded(text) !== null) return null;
  return Object.fromEntries(kept);
}

function isShown(value: unknown, shown: readonly string[]): boolean {
  if (value === "" || value === null || typeof value === "boolean") return true;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (!text.isWellFormed()) return false;
  const forms = new Set([text, encodeURIComponent(text), JSON.stringify(text).slice(1, -1), escapeXml(text)]);
  return [...forms].some((form) => shown.some((part) => holds(part, form)));
}

const isWordLike = (character: string | undefined) => character !== undefined && /[\p{L}\p{N}]/u.test(character);

/** Whether a text has a value that isn't part of a longer word or number. */
function holds(text: string, value: string): boolean {
  for (let at = text.indexOf(value); at !== -1; at = text.indexOf(value, at + 1)) {
    if (!isWordLike(text[at - 1]) && !isWordLike(text[at + value.length])) return true;
  }
  return false;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
