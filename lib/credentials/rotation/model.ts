/** Where a secret is kept that is not in force: `staged` to take its place, `previous` to go back to. */
export type SecretSlot = "staged" | "previous";
