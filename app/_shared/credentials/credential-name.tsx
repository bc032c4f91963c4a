import Link from "next/link";

/** The name of a credential, as a link for those who may open it. */
export function CredentialName({ id, name, mayRead }: { id: string; name: string; mayRead: boolean }) {
  if (!mayRead) return <>{name}</>;
  return (
    <Link className="link" href={`/credentials/${id}`} prefetch={false}>
      {name}
    </Link>
  );
}
