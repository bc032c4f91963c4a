/** Who acts. `name` is what logs and receipts show. */
export type Actor =
  | { kind: "user"; id: string; name: string; sessionId: string }
  | { kind: "api_key"; id: string; name: string }
  | { kind: "system"; id: null; name: string };

/** Who made a change, and from which address. */
export type ActedBy = { actor: Actor; address: string | null };

/** Sallyport itself. */
export function asSystem(name: string): ActedBy {
  return { actor: { kind: "system", id: null, name }, address: null };
}
