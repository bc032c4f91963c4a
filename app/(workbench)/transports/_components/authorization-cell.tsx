import { CredentialName } from "#app/_shared/credentials/credential-name.tsx";
import { StatusBadge } from "#app/_ui/status-badge.tsx";
import type { TransportAuthorization } from "#lib/delivery/transports/model.ts";
import { authorizationWords } from "./words.ts";

type Props = { authorization: TransportAuthorization; mayReadCredentials: boolean };

/** The Authorization of a transport: its kind, and the credential with its status. */
export function AuthorizationCell({ authorization, mayReadCredentials }: Props) {
  if (authorization.kind === "none") return <span className="text-dimmed">{authorizationWords.none}</span>;
  if (authorization.kind === "basic") {
    return (
      <span>
        {authorizationWords.basic} <span className="text-dimmed">({authorization.username})</span>
      </span>
    );
  }
  const { credentialId, credentialName, credentialStatus } = authorization;
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2 gap-y-1">
      <CredentialName id={credentialId} name={credentialName} mayRead={mayReadCredentials} />
      <StatusBadge status={credentialStatus} />
    </span>
  );
}
