import type { CredentialEvent, CredentialEventKind } from "#lib/oauth/credentials/model.ts";

export const eventKindWords: Record<CredentialEventKind, string> = {
  check: "Check",
  sign_in: "Sign-in",
  token_request: "Token request",
  status: "Change",
  staged_check: "Test of the staged secret",
};

/** The reference that a user got whose sign-in was refused. */
export function EventReference({ id, kind, outcome }: Pick<CredentialEvent, "id" | "kind" | "outcome">) {
  if (kind !== "sign_in" || outcome !== "failed") return null;
  return (
    <span className="text-dimmed">
      Reference <code className="wrap-anywhere">{id}</code>
    </span>
  );
}
