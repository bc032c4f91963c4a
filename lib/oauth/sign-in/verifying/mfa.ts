import type { Claims } from "#lib/oauth/providers/read-claim.ts";

/** What a credential says about a second factor. */
export type MfaSettings = {
  provider: "entra" | "generic";
  /** An authentication context of Entra (`c1`), `acr_values` of others; null = any second factor. */
  mfaContext: string | null;
  /** `amr` values that count; empty = the usual ones. */
  mfaMethods: readonly string[];
};

/** `amr` values (RFC 8176) that mean more than a password, with Entra's own for Windows Hello. */
export const usualMethods = ["mfa", "ngcmfa", "otp", "hwk", "fido", "sc"];
/** OpenID Provider Authentication Policy Extension 1.0; what several providers take in `acr_values`. */
const anySecondFactor = "http://schemas.openid.net/pape/policies/2007/06/multi-factor";

/**
 * How a second factor is asked for in the authorization request: at Entra through `claims` (an authentication context in
 * `acrs`, or `amr`), elsewhere through `acr_values` (OpenID Connect Core 1.0 sections 5.5 and 3.1.2.1).
 */
export function askForMfa(settings: MfaSettings): { acrValues: string | null; claims: string | null } {
  const { mfaContext } = settings;
  if (settings.provider !== "entra") return { acrValues: mfaContext ?? anySecondFactor, claims: null };
  const contexts = mfaContext?.split(" ") ?? [];
  const wanted =
    contexts.length === 0
      ? { amr: { essential: true, values: ["mfa"] } }
      : { acrs: { essential: true, ...(contexts.length === 1 ? { value: contexts[0] } : { values: contexts }) } };
  return { acrValues: null, claims: JSON.stringify({ id_token: wanted }) };
}

/**
 * Which second factor a verified ID token vouches for: of `acrs` (Entra) or `acr` the context that was asked for, else of
 * `amr` what counts. That it was asked for proves nothing.
 * @returns null when none.
 */
export function findMfa(claims: Claims, settings: MfaSettings): string | null {
  const methods = listTexts(claims.amr);
  const accepted = settings.mfaMethods.length > 0 ? settings.mfaMethods : usualMethods;
  const byMethod = methods.find((method) => accepted.includes(method)) ?? null;
  if (settings.mfaContext === null) return byMethod;
  const contexts = settings.mfaContext.split(" ");
  const reached = listTexts(settings.provider === "entra" ? claims.acrs : claims.acr);
  const context = contexts.find((wanted) => reached.includes(wanted)) ?? null;
  // A context may ask for more than any second factor; `amr` does in its place only where that was said.
  return context ?? (settings.mfaMethods.length > 0 ? byMethod : null);
}

function listTexts(value: unknown): string[] {
  if (typeof value === "string") return value.split(/\s+/).filter(Boolean);
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** Why a sign-in without a second factor is refused, in words for the person and for who edits the credential. */
export function explainMissingMfa(claims: Claims, settings: MfaSettings): { message: string; hint: string } {
  const { provider, mfaContext } = settings;
  const claim = mfaContext === null ? "amr" : provider === "entra" ? "acrs" : "acr";
  const stated = listTexts(claims[claim]).join(", ");
  const wanted = mfaContext ?? (settings.mfaMethods.length > 0 ? settings.mfaMethods : usualMethods).join(" or ");
  const said = stated === "" ? `says nothing in ${claim}` : `says ${stated} in ${claim}`;
  const setting =
    provider === "entra"
      ? mfaContext === null
        ? "Entra ID leaves amr out of its v2.0 tokens. Publish an authentication context (Entra admin center → Conditional Access → Authentication contexts), have a policy ask for MFA in it, and enter its id, such as c1, as Authentication context of the credential."
        : "In Entra ID the authentication context has to be published and asked for by a Conditional Access policy, and the optional claim acrs has to be in the ID token."
      : "The provider has to ask for a second factor and say so in the ID token.";
  return {
    message: `A second factor is required, but the ID token ${said} (wanted: ${wanted}).`,
    hint: `Sign in again with a second factor. If you did use one: ${setting}`,
  };
}
