import type { EntraPage } from "./entra-pages.ts";

/** What users read who tried to sign in. */
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
  /** Left out if users don't meet the code, or if only an admin can help. */
  person?: PersonWords;
};
