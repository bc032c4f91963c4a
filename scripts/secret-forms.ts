/** A secret in every form in which it could be written somewhere, by name of the form; each text once. */
export function formsOf(secret: string): Record<string, string> {
  const bytes = Buffer.from(secret);
  const forms = {
    "as it is": secret,
    "URL-encoded": encodeURIComponent(secret),
    "JSON-escaped": JSON.stringify(secret).slice(1, -1),
    hex: bytes.toString("hex"),
    // Without the end, which depends on what follows.
    base64: bytes.toString("base64").slice(0, -4),
    base64url: bytes.toString("base64url").slice(0, -4),
  };
  const entries = Object.entries(forms);
  return Object.fromEntries(
    entries.filter(([, text], index) => entries.findIndex((other) => other[1] === text) === index),
  );
}

const numbered = (text: string, write: (unit: number) => string) =>
  [...text].map((unit) => write(unit.charCodeAt(0))).join("");

/** How a service might write what it repeats. */
export const encodings: Record<string, (text: string) => string> = {
  plain: (text) => text,
  base64: (text) => Buffer.from(text).toString("base64"),
  base64url: (text) => Buffer.from(text).toString("base64url"),
  "base64 after other text": (text) => Buffer.from(`Bearer ${text}`).toString("base64"),
  hex: (text) => Buffer.from(text).toString("hex"),
  "hex in capitals": (text) => Buffer.from(text).toString("hex").toUpperCase(),
  "percent-encoded": encodeURIComponent,
  "percent-encoded, every byte": (text) => Buffer.from(text).toString("hex").replaceAll(/../g, "%$&"),
  "escaped for JSON": (text) => JSON.stringify(text).slice(1, -1),
  "escaped for JSON, every character": (text) => numbered(text, (unit) => `\\u${unit.toString(16).padStart(4, "0")}`),
  "escaped for HTML": (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;"),
  "escaped for HTML, in decimal": (text) => numbered(text, (unit) => `&#${unit};`),
  "escaped for HTML, in hex": (text) => numbered(text, (unit) => `&#x${unit.toString(16)};`),
};
