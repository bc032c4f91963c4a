import { Card } from "#app/_ui/card.tsx";
import { LinkButton } from "#app/_ui/link-button.tsx";
import { usesSecret } from "#lib/oauth/client-authentication/registry.ts";
import type { CredentialDetail } from "#lib/oauth/credentials/model.ts";
import type { Rotation } from "#lib/oauth/credentials/rotation-model.ts";
import { PreviousSecret } from "./previous-secret.tsx";
import { StagedSecret } from "./staged-secret.tsx";

type Props = { credential: CredentialDetail; rotation: Rotation; mayWrite: boolean };

/** The secrets beside the one in force: the next one, to be tested and promoted, and the one before, to go back to. */
export function RotationCard({ credential, rotation, mayWrite }: Props) {
  const { staged, previous } = rotation;
  const { id, name } = credential;
  const what = usesSecret(credential) ? "secret" : "certificate";
  return (
    <div id="rotation" className="scroll-mt-4">
      <Card
        title={usesSecret(credential) ? "Secret rotation" : "Certificate rotation"}
        description={`Stage the next ${what} beside the one in force, test it live, then promote it. Runs and renewals go on meanwhile.`}
        actions={
          mayWrite &&
          !staged && (
            <LinkButton href={`/credentials/${id}/stage`} variant="default">
              Stage the next {what}
            </LinkButton>
          )
        }
      >
        <div className="grid gap-5">
          {staged ? (
            <StagedSecret credential={{ id, name, what }} staged={staged} rotation={rotation} mayWrite={mayWrite} />
          ) : (
            <p className="m-0 text-dimmed">Nothing is staged.</p>
          )}
          {previous && (
            <PreviousSecret
              credential={{ id, name, what }}
              previous={previous}
              version={rotation.version}
              mayWrite={mayWrite}
            />
          )}
        </div>
      </Card>
    </div>
  );
}
