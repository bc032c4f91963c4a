import { entraClientCodes } from "./entra-client-codes.ts";
import type { EntraPage } from "./entra-pages.ts";
import { entraPeopleCodes } from "./entra-people-codes.ts";

/** What the person reads who was signing in. */
export type PersonWords = {
  title: string;
  message: string;
  hint: string;
  /** Whether signing in again with a second factor would do. */
  stepUp?: boolean;
};

/** One code in words. */
export type EntraCode = {
  /** What it means, as a sentence without its full stop, for who looks after the credential. */
  words: string;
  /** What to do. */
  hint: string;
  /** Field of the credential's form that most likely causes it, null when none does. */
  field: string | null;
  /** Where in the Entra admin center, null when there is nothing to do there. */
  page: EntraPage | null;
  /** Left out of codes that nobody meets while signing in. */
  person?: PersonWords;
};

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
