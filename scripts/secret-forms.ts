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
