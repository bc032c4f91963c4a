import { entraCodes, readEntraCode } from "#lib/oauth/explanations/entra-codes.ts";
import type { SignInRefusal } from "../model.ts";
import { notSetUp, type UserWords } from "./user-words.ts";

type Words = Omit<SignInRefusal, "code">;

/** An answer that concerns the user. */
const toUser = (title: string, message: string, hint: string): Words => ({
  title,
  message,
  hint,
  admin: null,
  field: null,
  stepUp: false,
});

/** An answer that only an admin can do something about. */
const toAdmin = (message: string, hint: string, field: string): Words => ({
  ...notSetUp,
  admin: { message, hint },
  field,
  stepUp: false,
});

/** RFC 6749 section 4.1.2.1, OpenID Connect Core 1.0 section 3.1.2.6, RFC 6749 section 5.2. */
const standardCodes: Record<string, Words> = {
  access_denied: toUser(
    "The sign-in was cancelled",
    "You cancelled, or the identity provider denied access.",
    "Sign in again. If you didn't cancel, ask your administrator for help.",
  ),
  login_required: toUser(
    "You are not signed in",
    "The identity provider requires you to sign in there first.",
    "Sign in again.",
  ),
  interaction_required: toUser(
    "The identity provider needs your input",
    "The identity provider couldn't finish without asking you something.",
    "Sign in again.",
  ),
  account_selection_required: toUser(
    "No account was selected",
    "The identity provider requires you to select an account.",
    "Sign in again.",
  ),
  consent_required: {
    ...toUser("Consent is missing", "The identity provider requires your consent first.", "Sign in again and accept."),
    field: "scope",
  },
  invalid_scope: toAdmin("The provider doesn't accept the scope.", "Check Scope.", "scope"),
  invalid_target: toAdmin(
    "The provider doesn't recognize the audience or resource.",
    "Check the token parameters.",
    "tokenParameters",
  ),
  unauthorized_client: toAdmin(
    "The provider doesn't let this client sign users in.",
    "Enable the authorization code flow for the client at the provider.",
    "clientId",
  ),
  unsupported_response_type: toAdmin(
    "The provider doesn't offer the authorization code flow to this client.",
    "Enable it for the client at the provider.",
    "clientId",
  ),
  invalid_client: toAdmin(
    "The provider doesn't accept the client ID and its secret.",
    "Check Client Secret, Client ID, and Client authentication.",
    "clientSecret",
  ),
  invalid_grant: {
    ...toUser(
      "The sign-in is not valid any more",
      "It took too long, or was used already.",
      "Sign in again. If the problem persists, ask your administrator for help.",
    ),
    admin: {
      message:
        "The provider doesn't accept the code of this sign-in: it was used already, took too long, or was issued to another client.",
      hint: "If the problem persists, compare the redirect URI that is registered at the provider.",
    },
  },
  invalid_request: toAdmin(
    "The provider finds the request malformed. Often the redirect URI isn't registered.",
    "Register Sallyport's redirect URI at the provider.",
    "clientId",
  ),
  unmet_authentication_requirements: {
    ...toUser(
      "A second factor is needed",
      "The identity provider couldn't authenticate you as strongly as required.",
      "Sign in again with a second factor.",
    ),
    field: "mfaContext",
    stepUp: true,
  },
  server_error: toUser(
    "The identity provider has a problem",
    "The identity provider couldn't finish the sign-in.",
    "Try again in a minute.",
  ),
  temporarily_unavailable: toUser(
    "The identity provider is overloaded",
    "The identity provider can't respond at the moment.",
    "Try again in a minute.",
  ),
};

/**
 * Explains what a provider returned instead of a code or a token. Its own words go only to the event log: anyone can make a
 * link that carries some.
 */
export function explainAnswer(error: string, description: string | null): SignInRefusal {
  const entra = readEntraCode(description);
  const code = entra ? `AADSTS${entra}` : error;
  const standard = Object.hasOwn(standardCodes, error) ? standardCodes[error] : undefined;
  const known = entraCodes.get(entra ?? "");
  if (known) {
    const user: UserWords = known.person ?? (known.field === null && standard ? standard : notSetUp);
    const { title, message, hint } = user;
    const admin = { message: `${known.words} (${code}).`, hint: known.hint };
    return { title, message, hint, admin, field: known.field, stepUp: known.person?.stepUp ?? false, code };
  }
  if (standard) return { ...standard, code };
  return {
    ...toUser(
      "The provider refused the sign-in",
      `It gave the reason ${code}.`,
      "Sign in again. If the problem persists, ask your administrator for help.",
    ),
    code,
  };
}
