import { commonFields, credentialLabels } from "#lib/oauth/credentials/definition.ts";
import type { CredentialType } from "#lib/oauth/credentials/kinds.ts";
import { wordsOf } from "#lib/platform/definitions/field.ts";

/** The label of a field, or its name when it has none. */
export function labelOf(field: string): string {
  return (credentialLabels as Record<string, string>)[field] ?? field;
}

export const typeWords = wordsOf(commonFields.type);
export const grantWords: Record<CredentialType, string> = {
  application: "Client Credentials",
  user: "Authorization Code",
};
