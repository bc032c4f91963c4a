/**
 * The lowest id (UUIDv7, RFC 9562 section 5.7) that can be made at a time: its first 48 bits are the milliseconds, so ids
 * from then on are not lower and ids from before are.
 * @param ms since 1970; what is before that counts as 1970.
 */
export function lowestIdAt(ms: number): string {
  const hex = Math.max(0, ms).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-0000-0000-000000000000`;
}

/** The time of an id, in milliseconds since 1970. */
export function timeOfId(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
