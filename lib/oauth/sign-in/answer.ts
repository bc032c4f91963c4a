import type { ProviderMetadata } from "#lib/oauth/providers/provider-metadata.ts";
import { openSecret, sealSecret } from "#lib/platform/crypto/envelope.ts";
import { isStorable, toStorable } from "#lib/platform/db/storable.ts";

/** What a provider sent back by way of the browser (RFC 6749 sections 4.1.2 and 4.1.2.1, RFC 9207). */
export type ProviderAnswer = {
  state: string;
  code: string | null;
  error: string | null;
  description: string | null;
  iss: string | null;
};

const names = ["state", "code", "error", "error_description", "iss"] as const;
const aad = "sign_in_answers";
/** A posted answer has to be picked up by the browser within this time. */
const handOverMs = 60_000;

/**
 * Reads an answer. Each parameter may stand there once (RFC 6749 section 3.1), else two readers could see two different ones.
 * @returns null when it is none.
 */
export function readAnswer(parameters: URLSearchParams): ProviderAnswer | null {
  if (names.some((name) => parameters.getAll(name).length > 1)) return null;
  if (names.some((name) => !isStorable(parameters.get(name) ?? ""))) return null;
  const [state, code, error, description, iss] = names.map((name) => parameters.get(name) || null);
  if (!state || (code === null) === (error === null)) return null;
  if (state.length > 200 || (code ?? "").length > 16_384) return null;
  return {
    state,
    code: code ?? null,
    error: error ? toStorable(error.slice(0, 100)) : null,
    description: description ? toStorable(description.slice(0, 1000)) : null,
    iss: iss ?? null,
  };
}

/**
 * Seals a posted answer for the redirect to the same address. A browser sends no `SameSite=Lax` cookie with a form that
 * another site posts, but does with the redirect that answers it; and the code stays out of the URL.
 */
export function sealAnswer(answer: ProviderAnswer, now: number): string {
  return sealSecret(JSON.stringify({ answer, until: now + handOverMs }), aad);
}

/** Opens what `sealAnswer` made; null when it is something else or too old. */
export function openAnswer(sealed: string, now: number): ProviderAnswer | null {
  try {
    const { answer, until } = JSON.parse(openSecret(sealed, aad));
    return now < until ? answer : null;
  } catch {
    return null;
  }
}

/**
 * Whether an answer comes from the provider that the sign-in was begun with (RFC 9207 section 2.4): what defeats a mix-up of
 * two providers. A provider that says it names itself must.
 */
export function isOfIssuer({ iss }: ProviderAnswer, { issuer, namesIssuer }: ProviderMetadata): boolean {
  if (iss === null) return !namesIssuer;
  if (issuer.kind === "exact") return iss === issuer.issuer;
  const [before = "", after = ""] = issuer.template.split("{tenantid}");
  return (
    iss.startsWith(before) && iss.endsWith(after) && /^[0-9a-f-]{36}$/i.test(iss.slice(before.length, -after.length))
  );
}
