/** An instant as `<input type="datetime-local">` wants it, `2026-11-24T05:48`, in a time zone; empty without one. */
export function toLocalInput(iso: string | undefined, timeZone: string): string {
  if (!iso) return "";
  const options = { timeZone, dateStyle: "short", timeStyle: "short", hourCycle: "h23" } as const;
  return new Intl.DateTimeFormat("sv-SE", options).format(new Date(iso)).replace(" ", "T");
}
