/**
 * Prints a line of one of the portal's processes. JSON goes on as it is where a collector reads it; on a terminal, and for lines
 * that are no JSON, with the process in front.
 */
export function printLine(name: string, line: string): void {
  // Next's ticks tell of its own steps, which went well.
  if (line.trim() !== "" && !line.trim().startsWith("✓"))
    console.log(process.stdout.isTTY ? formatLine(name, line) : plainLine(name, line));
}

function plainLine(name: string, line: string): string {
  return parseRecord(line) ? line : `${name}: ${line}`;
}

const levels: Record<number, string> = { 10: "trace", 20: "debug", 30: "info", 40: "warn", 50: "error", 60: "fatal" };

/** A log line for people: time, process, level, message and what else the record says. */
export function formatLine(name: string, line: string): string {
  const record = parseRecord(line);
  if (!record) return `${name}: ${line}`;
  const { level, time, msg, err, ...rest } = record;
  const clock = typeof time === "string" ? time.slice(11, 19) : "";
  const fields = Object.entries(rest).map(
    ([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  const cause = describeCause(err);
  return [clock, `${name}:`, levels[Number(level)] ?? level, msg, ...fields, cause].filter(Boolean).join(" ");
}

function describeCause(err: unknown): string {
  if (typeof err !== "object" || err === null) return "";
  const { stack, message } = err as { stack?: unknown; message?: unknown };
  return `\n  ${String(stack ?? message ?? JSON.stringify(err)).replaceAll("\n", "\n  ")}`;
}

function parseRecord(line: string): Record<string, unknown> | null {
  if (!line.startsWith("{")) return null;
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
