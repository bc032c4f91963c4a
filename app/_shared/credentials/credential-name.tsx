import { TextLink } from "#app/_ui/text-link.tsx";

/** The name of a credential, as a link for those who may open it. */
export function CredentialName({ id, name, mayRead }: { id: string; name: string; mayRead: boolean }) {
  if (!mayRead) return <>{name}</>;
  return <TextLink href={`/credentials/${id}`}>{name}</TextLink>;
}
