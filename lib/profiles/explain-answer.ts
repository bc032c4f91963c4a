import type { SignInRefusal } from "./model.ts";

type Words = Omit<SignInRefusal, "code">;
const words = (title: string, message: string, hint: string, field: string | null = null, stepUp = false): Words => ({
  title,
  message,
  hint,
  field,
  stepUp,
});

const admin = "Show this to the admin of Sallyport.";

/**
 * Microsoft's codes of sign-ins ("Microsoft Entra authentication and authorization error codes"), in words. For people only:
 * Microsoft warns that the codes change.
 */
const entraCodes: Record<string, Words> = {
  "50011": words(
    "The redirect URI is not registered",
    "Entra ID does not know the address that it should send you back to.",
    "Register Sallyport's redirect URI exactly as the credential's page shows it: App registrations → the app → Authentication → Web.",
    "clientId",
  ),
  "500113": words(
    "No redirect URI is registered",
    "The app registration has no address to send you back to.",
    "Register Sallyport's redirect URI: App registrations → the app → Authentication → Web.",
    "clientId",
  ),
  "50020": words(
    "Your account is of another organization",
    "Your account is not in this tenant and not a guest of it.",
    "Sign in with your work account of this organization (Switch account), or ask to be invited as a guest.",
  ),
  "50034": words(
    "No such account",
    "Entra ID does not know this account.",
    "Check the address that you signed in with.",
  ),
  "50053": words(
    "Your account is locked",
    "Entra ID has locked the account after too many attempts, or the address is blocked.",
    "Wait some minutes, or ask your IT.",
  ),
  "50055": words("Your password has expired", "Entra ID asks for a new password.", "Change it, then sign in again."),
  "50057": words("Your account is disabled", "Your account is disabled at Entra ID.", "Ask your IT to enable it."),
  "50074": words(
    "A second factor is needed",
    "Entra ID asks for a second factor.",
    "Sign in again and complete the second factor.",
    null,
    true,
  ),
  "50076": words(
    "A second factor is needed",
    "A policy of your organization asks for a second factor.",
    "Sign in again and complete the second factor.",
    null,
    true,
  ),
  "50079": words(
    "A second factor has to be set up",
    "Your organization asks for a second factor, and your account has none yet.",
    "Set one up at https://aka.ms/mfasetup, then sign in again.",
    null,
    true,
  ),
  "50105": words(
    "You are not assigned to the application",
    "The application lets in only people who are assigned to it.",
    "Ask your IT to assign you: Entra ID → Enterprise applications → the app → Users and groups.",
  ),
  "50126": words("Wrong name or password", "Entra ID refused the name or the password.", "Try again."),
  "50194": words(
    "The application takes only its own tenant",
    "The app registration is for a single tenant, but the Endpoint URL stands for many (common).",
    `Put the tenant's id into the Endpoint URL. ${admin}`,
    "endpointUrl",
  ),
  "53000": words(
    "Your device is not compliant",
    "A Conditional Access policy asks for a compliant device.",
    "Use a managed device, or ask your IT.",
  ),
  "53003": words(
    "A policy blocks this sign-in",
    "A Conditional Access policy of your organization blocks signing in from here.",
    "Ask your IT which policy it is: the sign-in log of Entra ID names it.",
  ),
  "54005": words(
    "The sign-in was used already",
    "The code of this sign-in has been redeemed before.",
    "Sign in again.",
  ),
  "65001": words(
    "Consent is missing",
    "Nobody has agreed yet that the application may read your profile.",
    "Ask an Entra administrator to grant admin consent: App registrations → the app → API permissions.",
    "scope",
  ),
  "65004": words("You did not agree", "You declined what the application asks for.", "Sign in again and accept."),
  "70008": words("The sign-in took too long", "The code of this sign-in has expired.", "Sign in again."),
  "700016": words(
    "The application is not known",
    "The tenant has no application with this client ID.",
    `Compare Client ID and the tenant in the Endpoint URL. ${admin}`,
    "clientId",
  ),
  "700054": words(
    "The flow is not enabled",
    "The app registration does not allow this kind of sign-in.",
    `Sallyport uses the authorization code flow: register the redirect URI under the platform Web. ${admin}`,
    "clientId",
  ),
  "7000215": words(
    "The client secret is wrong",
    "Entra ID does not accept Sallyport's client secret.",
    `Enter the secret's value, not its ID. ${admin}`,
    "clientSecret",
  ),
  "7000222": words(
    "The client secret has expired",
    "Entra ID does not accept Sallyport's client secret any more.",
    `Have a new one made and enter it in the credential. ${admin}`,
    "clientSecret",
  ),
  "7000218": words(
    "The client secret is missing",
    "The app registration is a web application, which needs a client secret.",
    `Enter one in the credential. ${admin}`,
    "clientSecret",
  ),
  "90002": words(
    "There is no such tenant",
    "Entra ID does not know the tenant.",
    `Check the tenant in the Endpoint URL. ${admin}`,
    "endpointUrl",
  ),
  "90094": words(
    "An administrator has to agree first",
    "What the application asks for needs an administrator's consent.",
    "Ask an Entra administrator to grant admin consent: App registrations → the app → API permissions.",
    "scope",
  ),
  "9002325": words(
    "The redirect URI is of the wrong platform",
    "The redirect URI is registered as single-page application.",
    `Register it under the platform Web. ${admin}`,
    "clientId",
  ),
};

/** RFC 6749 section 4.1.2.1, OpenID Connect Core 1.0 section 3.1.2.6, RFC 6749 section 5.2. */
const standardCodes: Record<string, Words> = {
  access_denied: words(
    "The sign-in was cancelled",
    "You cancelled, or the provider did not let you in.",
    "Sign in again, or ask who runs the identity provider.",
  ),
  login_required: words("You are not signed in", "The provider wants you to sign in there first.", "Sign in again."),
  interaction_required: words(
    "The provider has a question",
    "The provider wants to ask you something.",
    "Sign in again.",
  ),
  account_selection_required: words(
    "No account was chosen",
    "The provider wants you to choose an account.",
    "Sign in again.",
  ),
  consent_required: words(
    "Consent is missing",
    "The provider wants you to agree first.",
    "Sign in again and accept.",
    "scope",
  ),
  invalid_scope: words(
    "The scope is not accepted",
    "The provider does not accept the scope.",
    `Check Scope. ${admin}`,
    "scope",
  ),
  invalid_target: words(
    "The audience is not known",
    "The provider does not know the audience or resource.",
    `Check the token parameters. ${admin}`,
    "tokenParameters",
  ),
  unauthorized_client: words(
    "The client may not do this",
    "The provider does not let this client sign people in.",
    `Enable the authorization code flow for the client at the provider. ${admin}`,
    "clientId",
  ),
  unsupported_response_type: words(
    "The flow is not enabled",
    "The provider does not offer the authorization code flow to this client.",
    `Enable it for the client at the provider. ${admin}`,
    "clientId",
  ),
  invalid_client: words(
    "The client secret is not accepted",
    "The provider does not accept Sallyport's client ID and secret.",
    `Check Client secret, Client ID and Client authentication. ${admin}`,
    "clientSecret",
  ),
  invalid_grant: words(
    "The sign-in is not valid any more",
    "The provider does not accept the code of this sign-in: it was used already, took too long, or was asked for by another client.",
    "Sign in again. If it stays, the redirect URI that is registered may differ.",
  ),
  invalid_request: words(
    "The request is not accepted",
    "The provider finds the request malformed; often the redirect URI is not registered.",
    `Register Sallyport's redirect URI at the provider. ${admin}`,
    "clientId",
  ),
  unmet_authentication_requirements: words(
    "A second factor is needed",
    "The provider could not authenticate you as strongly as was asked for.",
    "Sign in again with a second factor.",
    "mfaContext",
    true,
  ),
  server_error: words(
    "The provider has a problem",
    "The provider could not finish the sign-in.",
    "Try again in a minute.",
  ),
  temporarily_unavailable: words(
    "The provider is overloaded",
    "The provider can't answer for now.",
    "Try again in a minute.",
  ),
};

/**
 * What a provider answered in place of a code or a token, in words. Its own words go to the event log, and here only when
 * nothing else is known of the code: anyone can make a link that carries some.
 */
export function explainAnswer(error: string, description: string | null): SignInRefusal {
  const entra = /^AADSTS(\d{4,8})\b/.exec(description ?? "")?.[1];
  const known =
    (entra && entraCodes[entra]) || (Object.hasOwn(standardCodes, error) ? standardCodes[error] : undefined);
  const code = entra ? `AADSTS${entra}` : error;
  if (known) return { ...known, code };
  return {
    ...words("The provider refused the sign-in", `It gave the reason ${code}.`, `Sign in again. If it stays: ${admin}`),
    code,
  };
}
