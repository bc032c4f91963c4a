import { invalidInput } from "#lib/platform/errors/app-error.ts";
import { commonPasswordFault, findPasswordFault } from "../password-rules.ts";
import { isCommonPassword } from "./common-passwords.ts";

/**
 * Refuses a password that can't be used: what `findPasswordFault` finds, and what guessers try first.
 * @throws AppError `invalid_input` at the field.
 */
export async function checkNewPassword(password: string, username: string, field: string): Promise<void> {
  const fault = await findNewPasswordFault(password, username);
  if (fault) throw invalidInput([{ field, message: `The password ${fault}.` }]);
}

/** Why a password can't be used, null when it can. */
export async function findNewPasswordFault(password: string, username: string): Promise<string | null> {
  return findPasswordFault(password, username) ?? ((await isCommonPassword(password)) ? commonPasswordFault : null);
}
