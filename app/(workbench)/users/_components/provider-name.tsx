import type { UserSummary } from "#lib/access/accounts/definition.ts";

/** The issuers of the external identities among users. */
export function listIssuers(users: readonly Pick<UserSummary, "source">[]): string[] {
  return users.map(({ source }) => source).filter((source) => source !== "local");
}

/** What a user signs in with: the credential's name, the issuer if no credential trusts it any more, or a local password. */
export function ProviderName({ source, name }: { source: string; name: string | null }) {
  if (source === "local") return "Local password";
  return (
    <span className="wrap-anywhere" title={source}>
      {name ?? source}
    </span>
  );
}
