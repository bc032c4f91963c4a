import Link from "next/link";
import type { Successor } from "#lib/oauth/credentials/rotation-model.ts";
import { endWords, testWords } from "#lib/oauth/rotation/describe-successor.ts";

type Props = { credentialId: string; successor: Successor | null };

/** Says below the days left that the next secret or certificate is staged: nobody has to be chased for it. */
export function SuccessorNote({ credentialId, successor }: Props) {
  if (!successor) return null;
  return (
    <div className="text-sm font-normal text-dimmed">
      <Link className="link whitespace-nowrap" href={`/credentials/${credentialId}#rotation`} prefetch={false}>
        Successor staged
      </Link>
      , <span className="whitespace-nowrap">{endWords(successor)}</span>,{" "}
      <span className="whitespace-nowrap">{testWords[successor.test]}</span>
    </div>
  );
}
