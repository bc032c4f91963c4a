import type { SecretSlot } from "./model.ts";

/** What the envelope of a secret that is not in force is bound to. */
export function slotPlace(credentialId: string, slot: SecretSlot, field: "clientSecret" | "privateKey"): string {
  return `credential_secrets/${credentialId}/${slot}.${field}`;
}
