/** NIST SP 800-63B section 3.1.1.2: length decides, no composition rules; the upper end only bounds the work. */
export const minPasswordLength = 12;
export const maxPasswordLength = 256;

export const commonPasswordFault = "must not be one that many people use";

/**
 * Why a password can't be used, or null when it can.
 * @param username whose password it is to be; a password that is the username in any case is refused.
 */
export function findPasswordFault(password: string, username: string): string | null {
  const length = [...password].length;
  if (length < minPasswordLength) return `must have at least ${minPasswordLength} characters; this one has ${length}`;
  if (length > maxPasswordLength) return `must have at most ${maxPasswordLength} characters`;
  const folded = password.normalize("NFKC").toLowerCase();
  if (folded === username.normalize("NFKC").toLowerCase()) return "must not be the username";
  if (new Set(folded).size < 4) return "must have at least 4 different characters";
  return null;
}
