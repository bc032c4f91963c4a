import { entraCodes, readEntraCode } from "#lib/oauth/explanations/entra-codes.ts";
import type { SignInRefusal } from "../model.ts";

type Words = Omit<SignInRefusal, "code">;
const words = (title: string, message: string, hint: string, field: string | null = null, stepUp = false): Words => ({
  title,
  message,
  hint,
  field,
  stepUp,
});

const admin = "Show this to the admin of Sallyport.";

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
  const entra = readEntraCode(description);
  const known = findEntraWords(entra) ?? (Object.hasOwn(standardCodes, error) ? standardCodes[error] : undefined);
  const code = entra ? `AADSTS${entra}` : error;
  if (known) return { ...known, code };
  return {
    ...words("The provider refused the sign-in", `It gave the reason ${code}.`, `Sign in again. If it stays: ${admin}`),
    code,
  };
}

function findEntraWords(code: string | null): Words | undefined {
  const known = entraCodes.get(code ?? "");
  if (!known?.person) return undefined;
  const { title, message, hint, stepUp = false } = known.person;
  return { title, message, hint, field: known.field, stepUp };
}
