import { removed } from "#lib/platform/redaction/echoes.ts";
import { maxBodyLength, type RunRequestReceipt } from "./model.ts";

/**
 * A curl command for a POSIX shell that sends the request of a receipt again. What the receipt hides is read from variables of the shell:
 * `$TOKEN` for a Bearer token, else `$` and the header's name, or `$SECRET`.
 */
export function toCurl({ method, url, headers, body, bodyBytes }: RunRequestReceipt): string {
  const hasBody = body !== "";
  const parts = [`curl ${quote(url, "SECRET")}`];
  if (/[[\]{}]/.test(url.replaceAll(removed, ""))) parts.push("--globoff");
  if (method === "HEAD") parts.push("--head");
  else if (method !== (hasBody ? "POST" : "GET")) parts.push(`--request ${quote(method, "SECRET")}`);
  for (const { name, value } of headers) {
    // curl removes a header that it's given without a value, unless a semicolon follows.
    const text = value === "" ? `${name};` : `${name}: ${value}`;
    parts.push(`--header ${quote(text, nameVariable(name, value))}`);
  }
  if (hasBody) {
    if (!headers.some(({ name }) => name.toLowerCase() === "content-type")) parts.push("--header 'content-type:'");
    parts.push(`--data-raw ${quote(body, "SECRET")}`);
  }
  const command = parts.join(" \\\n  ");
  return bodyBytes > maxBodyLength ? `# The receipt has only the beginning of the body.\n${command}` : command;
}

function nameVariable(name: string, value: string): string {
  if (/^bearer /i.test(value)) return "TOKEN";
  if (/^basic /i.test(value)) return "BASIC_CREDENTIALS";
  return name
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, "_")
    .replace(/^(?=\d|$)/, "_");
}

/** A text in single quotes, with a variable for each secret that was removed. */
function quote(text: string, variable: string): string {
  return text
    .split(removed)
    .map((part) => (part === "" ? "" : `'${part.replaceAll("'", `'\\''`)}'`))
    .join(`"$${variable}"`)
    .replace(/^$/, "''");
}
