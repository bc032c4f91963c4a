export const expiryChoices = [
  { value: "30", label: "In 30 days" },
  { value: "90", label: "In 90 days" },
  { value: "365", label: "In a year" },
  { value: "date", label: "On a date" },
  { value: "never", label: "Never" },
];

/** This time of day, so many days from now. */
export function inDays(days: number, now = Date.now()): Date {
  return new Date(now + days * 86_400_000);
}

/** The last moment of a day (`2027-01-31`) in the browser's time zone, as ISO; what is no day stays as it is. */
export function endOfDay(day: string): string {
  const end = new Date(`${day}T23:59:59.999`);
  return Number.isNaN(end.getTime()) ? day : end.toISOString();
}
