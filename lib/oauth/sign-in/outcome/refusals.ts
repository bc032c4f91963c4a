import type { AppError } from "#lib/platform/errors/app-error.ts";
import type { SignInRefusal } from "../model.ts";
import { explainAnswer } from "./explain-answer.ts";

const refusal = (code: string, title: string, message: string, hint: string): SignInRefusal => ({
  code,
  title,
  message,
  hint,
  stepUp: false,
  field: null,
});

/** Refusals that need no provider: what came back fits no sign-in that may be finished. */
export const ownRefusals = {
  unknown_attempt: refusal(
    "unknown_attempt",
    "This sign-in is not known",
    "What came back belongs to no sign-in that was begun here.",
    "Start again from Sallyport.",
  ),
  other_browser: refusal(
    "other_browser",
    "This sign-in was begun elsewhere",
    "It can be finished only in the browser in which it was begun.",
    "Start again from Sallyport, in this browser, and allow its cookies.",
  ),
  unreadable: refusal(
    "unreadable",
    "This sign-in can't be used",
    "Sallyport can't read its stored secret.",
    "Ask an admin to look at the event log of the credential.",
  ),
  used: refusal(
    "used",
    "This sign-in is over",
    "It was finished already; a sign-in can be used once.",
    "If you are not signed in, start again.",
  ),
  expired: refusal("expired", "The sign-in took too long", "It has to be finished within ten minutes.", "Start again."),
  malformed: refusal(
    "malformed",
    "The provider's answer can't be read",
    "It has neither a code nor an error, or one of them twice.",
    "Start again. If it stays, show this to the admin of Sallyport.",
  ),
  other_issuer: refusal(
    "other_issuer",
    "The answer is of another provider",
    "The answer names another issuer than the one that this sign-in was begun with.",
    "Start again. If it stays, show this to the admin: somebody may be mixing up two providers.",
  ),
  other_account: refusal(
    "other_account",
    "This is another account",
    "The second factor was given for another account than the one that is signed in.",
    "Sign in again with the account that you began with, or use Switch account.",
  ),
  session_ended: refusal(
    "session_ended",
    "Your session has ended meanwhile",
    "Who began this is not signed in any more.",
    "Sign in again.",
  ),
  unknown_profile: refusal(
    "unknown_profile",
    "There is no such way to sign in",
    "The credential profile does not exist, is turned off, or is not offered here.",
    "Go back and choose another one.",
  ),
  too_many: refusal(
    "too_many",
    "Too many sign-ins were begun",
    "This browser, or many at this address, began sign-ins without finishing them.",
    "Wait a few minutes, then try again.",
  ),
  no_cookies: refusal(
    "no_cookies",
    "The browser keeps no cookies",
    "Signing in requires a cookie.",
    "Allow cookies for this site, then try again.",
  ),
  internal: refusal(
    "internal",
    "The sign-in did not work",
    "Something went wrong inside Sallyport.",
    "Start again. If it stays, the log of the portal has the reason.",
  ),
  not_allowed: refusal(
    "not_allowed",
    "You may not do this",
    "Testing a mapping takes the permission to edit credentials.",
    "Ask an admin.",
  ),
} as const satisfies Record<string, SignInRefusal>;

/** A thrown error as what the person is told. */
export function explainError(error: AppError): SignInRefusal {
  const reason = typeof error.details.reason === "string" ? error.details.reason : null;
  const field = error.fields[0]?.field ?? null;
  const rest = { message: error.message, hint: error.hint ?? "", stepUp: false, field };
  if (error.code === "id_token_invalid") {
    const hint = error.hint ?? "Start again. If it stays, show this to the admin of Sallyport.";
    return { ...rest, hint, code: reason ?? error.code, title: "The provider's answer can't be trusted" };
  }
  if (error.code === "sign_in_refused") {
    const title = reason === "user_disabled" ? "Your account is disabled" : "You can't sign in this way";
    return { ...rest, code: reason ?? error.code, title };
  }
  if (error.code === "token_request_refused" && error.provider?.code) {
    return explainAnswer(error.provider.code, error.provider.description);
  }
  if (!error.expose) {
    const message = "Something went wrong inside Sallyport.";
    const hint = "Start again. If it stays, the log of the portal has the reason.";
    return { ...rest, code: error.code, title: "The sign-in did not work", message, hint };
  }
  return { ...rest, code: error.code, title: "The provider does not answer as it should" };
}
