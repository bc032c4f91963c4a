import { cutParameters } from "#lib/platform/log/log.ts";

/** An expected reason why a script can't go on, told as one clear line (and never with a stack). */
export class StartError extends Error {
  override readonly name = "StartError";
}

/** What to print for a thrown value: the message of what was expected, everything known about what was not. */
export function describeFailure(value: unknown): string {
  if (value instanceof Error && (value.name === "StartError" || value.name === "AppError")) {
    const hint = "hint" in value && typeof value.hint === "string" ? ` ${value.hint}` : "";
    return value.message + hint;
  }
  return value instanceof Error ? cutParameters(value.stack ?? value.message) : String(value);
}
