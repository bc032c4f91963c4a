import { entraClientCodes } from "./entra-client-codes.ts";
import type { EntraCode } from "./entra-code.ts";
import { entraPeopleCodes } from "./entra-people-codes.ts";

/**
 * Microsoft's codes ("Microsoft Entra authentication and authorization error codes") in words. Only ever looked up for what to
 * tell people: Microsoft warns that the codes change, so nothing is decided by them.
 */
export const entraCodes: ReadonlyMap<string, EntraCode> = new Map([
  ...Object.entries(entraClientCodes),
  ...Object.entries(entraPeopleCodes),
]);

/** The number of `AADSTS7000215` at the start of a description; null without one. */
export function readEntraCode(description: string | null | undefined): string | null {
  return /^AADSTS(\d{4,8})\b/.exec(description ?? "")?.[1] ?? null;
}
