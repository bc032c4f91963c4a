import type { AppError } from "#lib/platform/errors/app-error.ts";
import type { ClaimRefusal } from "../claims.ts";
import type { Explanation, SignInRefusal } from "../model.ts";
import { explainAnswer } from "./explain-answer.ts";
import {
  askAdmin,
  failedInside,
  mfaMissing,
  noAnswer,
  noRole,
  notSetUp,
  notVerified,
  type UserWords,
} from "./user-words.ts";

const refusal = (
  code: string,
  title: string,
  message: string,
  hint: string,
  admin: Explanation | null = null,
): SignInRefusal => ({ code, title, message, hint, admin, stepUp: false, field: null });

/** Refusals that need no provider: what came back matches no sign-in that can be finished. */
export const ownRefusals = {
  unknown_attempt: refusal(
    "unknown_attempt",
    "Unknown sign-in",
    "The response matches no sign-in.",
    "Start again from Sallyport.",
  ),
  other_browser: refusal(
    "other_browser",
    "This sign-in was started elsewhere",
    "You can finish it only in the browser in which you started it.",
    "Start again from Sallyport in this browser, and allow its cookies.",
  ),
  unreadable: refusal(
    "unreadable",
    "This sign-in can't be used",
    "Sallyport can't complete it at the moment.",
    askAdmin,
    { message: "Sallyport can't decrypt the stored secret of this credential.", hint: "Enter the secret again." },
  ),
  used: refusal(
    "used",
    "This sign-in is over",
    "It was finished already. A sign-in can be used only once.",
    "If you aren't signed in, start again.",
  ),
  expired: refusal("expired", "The sign-in took too long", "You must finish it within ten minutes.", "Start again."),
  malformed: refusal(
    "malformed",
    "The identity provider's response can't be read",
    "It has neither a code nor an error, or one of them twice.",
    "Start again. If the problem persists, ask your administrator for help.",
  ),
  other_issuer: refusal(
    "other_issuer",
    notVerified.title,
    "The response isn't from the identity provider that you started with.",
    notVerified.hint,
    {
      message: "The answer names another issuer than the one that this sign-in was begun with.",
      hint: "If the problem persists, someone might be mixing up two providers.",
    },
  ),
  other_account: refusal(
    "other_account",
    "This is another account",
    "The second factor was given for another account than the one that is signed in.",
    "Sign in again with the account that you started with, or use Switch account.",
  ),
  session_ended: refusal(
    "session_ended",
    "Your session has ended",
    "You started this in a session that has ended.",
    "Sign in again.",
  ),
  unknown_profile: refusal(
    "unknown_profile",
    "This way to sign in isn't available",
    "The credential profile doesn't exist, is disabled, or isn't available here.",
    "Go back and choose another one.",
  ),
  too_many: refusal(
    "too_many",
    "Too many sign-ins were started",
    "This browser or others at this address started many sign-ins without finishing them.",
    "Wait a few minutes, then try again.",
  ),
  no_cookies: refusal(
    "no_cookies",
    "The browser keeps no cookies",
    "Signing in requires a cookie.",
    "Allow cookies for this site, then try again.",
  ),
  internal: refusal("internal", failedInside.title, failedInside.message, failedInside.hint),
  not_allowed: refusal(
    "not_allowed",
    "You don't have permission to do this",
    "Testing a mapping requires the permission to edit credentials.",
    askAdmin,
  ),
} as const satisfies Record<string, SignInRefusal>;

/** Describes claims that let nobody in. Users read that they have no role, or that the sign-in isn't set up. */
export function explainClaims({ code, message, hint, field }: ClaimRefusal): SignInRefusal {
  const isWithoutRole = code === "no_mapped_role" || code === "roles_missing" || code === "roles_empty";
  return { ...(isWithoutRole ? noRole : notSetUp), code, admin: { message, hint }, stepUp: false, field };
}

/** @param admin what the ID token says about a second factor. */
export function explainMfa(admin: Explanation): SignInRefusal {
  return { ...mfaMissing, code: "mfa_missing", admin, stepUp: true, field: "mfa" };
}

/** A thrown error as a refusal. */
export function explainError(error: AppError): SignInRefusal {
  const reason = typeof error.details.reason === "string" ? error.details.reason : null;
  if (error.code === "token_request_refused" && error.provider?.code) {
    return explainAnswer(error.provider.code, error.provider.description);
  }
  const admin = error.expose ? { message: error.message, hint: error.hint ?? "" } : null;
  const rest = { code: error.code, admin, stepUp: false, field: error.fields[0]?.field ?? null };
  if (error.code === "id_token_invalid") return { ...rest, ...notVerified, code: reason ?? error.code };
  if (error.code === "sign_in_refused") return { ...rest, ...refusedWords(error, reason), code: reason ?? error.code };
  if (!error.expose) return { ...rest, ...failedInside };
  return { ...rest, ...(error.retryable ? noAnswer : notSetUp) };
}

function refusedWords({ message, hint }: AppError, reason: string | null): UserWords {
  if (reason === "user_disabled") return { title: "Your account is disabled", message, hint: hint ?? askAdmin };
  if (reason === "credential_disabled") return { title: "You can't sign in this way", message, hint: hint ?? askAdmin };
  return notSetUp;
}

/** What the event log says of a refusal. @param detail what the provider says beyond it, empty for nothing. */
export function describeRefusal(refusal: SignInRefusal, detail = ""): string {
  const { message, hint } = refusal.admin ?? refusal;
  return [message, detail, hint].filter(Boolean).join(" ");
}

/** Replaces the texts of a refusal that can quote what a provider sent. */
export function mapTexts(refusal: SignInRefusal, replace: (text: string) => string): SignInRefusal {
  const map = ({ message, hint }: Explanation) => ({ message: replace(message), hint: replace(hint) });
  return { ...refusal, ...map(refusal), admin: refusal.admin && map(refusal.admin) };
}
