import type { CredentialDetail } from "#lib/oauth/credentials/model.ts";

/** What to say below a field, by its name: why the last check points at it. */
export type Remarks = Partial<Record<string, string>>;

/** The reason of a bad status, at the field that it points at. */
export function remarksOf(credential: CredentialDetail | null): Remarks {
  if (!credential?.statusField || !["action_needed", "degraded"].includes(credential.status)) return {};
  return { [credential.statusField]: `Last check: ${credential.statusReason}` };
}

/** Returns whether there is a remark about one of the fields. */
export function hasRemark(remarks: Remarks, fields: string[]): boolean {
  return fields.some((field) => remarks[field]);
}
