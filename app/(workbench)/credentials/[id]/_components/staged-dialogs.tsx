"use client";
import { ConfirmDialog } from "#app/_ui/confirm-dialog.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { Notice } from "#app/_ui/notice.tsx";
import { credentialStatusWords } from "#app/_ui/status-badge.tsx";
import type { Rotation, StagedSecret } from "#lib/oauth/credentials/rotation-model.ts";
import { discard, promote } from "../rotation-actions.ts";
import type { useRotationStep } from "./use-rotation-step.ts";

type Props = {
  credential: { id: string; name: string; what: "secret" | "certificate" };
  staged: StagedSecret;
  rotation: Rotation;
  step: ReturnType<typeof useRotationStep<"promote" | "discard">>;
};

/** Asks before a staged secret is promoted, with a warning when no test speaks for it, or discarded. */
export function StagedDialogs({ credential: { id, name, what }, staged, rotation, step }: Props) {
  const doubt = describeDoubt(staged);
  const put = () =>
    step.take(
      promote,
      { id, version: rotation.version, stagedId: staged.id, untested: doubt !== null },
      ({ status }) => `Promoted. The status of “${name}” is ${credentialStatusWords[status]}.`,
    );
  const drop = () => step.take(discard, { id, secretId: staged.id }, () => `The staged ${what} is discarded.`);
  return (
    <>
      <ConfirmDialog
        opened={step.asked === "promote"}
        title={`Promote the staged ${what} of “${name}”?`}
        confirmLabel={doubt ? "Promote all the same" : "Promote"}
        pending={step.isPending}
        error={step.error}
        onConfirm={put}
        onClose={() => step.ask(null)}
      >
        <div className="grid gap-3">
          {doubt && (
            <Notice tone="warn" title={doubt}>
              If the provider does not take it, no new token comes until you roll back.
            </Notice>
          )}
          <p className="m-0">
            From now on tokens are asked for with it. Tokens in hand go on being used, and the one in force now is kept
            so that you can roll back.
          </p>
          {rotation.previous && (
            <p className="m-0">
              The previous one, replaced on <Instant at={rotation.previous.placedAt} show="absolute" />, is forgotten.
            </p>
          )}
        </div>
      </ConfirmDialog>
      <ConfirmDialog
        opened={step.asked === "discard"}
        title={`Discard the staged ${what} of “${name}”?`}
        confirmLabel="Discard"
        irreversible
        pending={step.isPending}
        error={step.error}
        onConfirm={drop}
        onClose={() => step.ask(null)}
      >
        The one in force stays as it is.
      </ConfirmDialog>
    </>
  );
}

function describeDoubt({ test }: StagedSecret): string | null {
  if (!test) return "It was never tested.";
  if (test.outdated) return "It was tested before the credential was changed.";
  return test.passed ? null : "Its test failed.";
}
