import { decodeJwt } from "jose";
import type { Claims } from "#lib/oauth/providers/read-claim.ts";

export type Pasted = { claims: Claims; problem: null } | { claims: null; problem: string };

/** The claims of a pasted JWT, or of its payload as JSON. Nothing is verified, and nothing leaves the browser. */
export function readPasted(text: string): Pasted {
  const trimmed = text.trim().replace(/^Bearer\s+/i, "");
  try {
    const claims: unknown = trimmed.startsWith("{") ? JSON.parse(trimmed) : decodeJwt(trimmed);
    if (typeof claims === "object" && claims !== null) return { claims: claims as Claims, problem: null };
  } catch {
    // Said below.
  }
  const encrypted = trimmed.split(".").length === 5;
  return {
    claims: null,
    problem: encrypted
      ? "This token is encrypted (five parts): only the provider's audience can read it."
      : "This is no JWT: three parts separated by dots, beginning with eyJ. Its payload as JSON does too.",
  };
}
