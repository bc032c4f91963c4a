"use client";
import { Button } from "@mantine/core";
import { ConfirmDialog } from "#app/_ui/confirm-dialog.tsx";
import { credentialStatusWords } from "#app/_ui/status-badge.tsx";
import type { KeptSecret } from "#lib/oauth/credentials/rotation-model.ts";
import { forget, goBack } from "../rotation-actions.ts";
import { KeptSecretFacts } from "./kept-secret-facts.tsx";
import { useRotationStep } from "./use-rotation-step.ts";

type Props = {
  credential: { id: string; name: string; what: "secret" | "certificate" };
  previous: KeptSecret;
  version: number;
  mayWrite: boolean;
};

/** The secret that was in force before, with Roll back and Forget. */
export function PreviousSecret({ credential: { id, name, what }, previous, version, mayWrite }: Props) {
  const step = useRotationStep<"roll-back" | "forget">();
  const rollBack = () =>
    step.take(
      goBack,
      { id, version, previousId: previous.id },
      ({ status }) => `Rolled back. The status of “${name}” is ${credentialStatusWords[status]}.`,
    );
  const drop = () => step.take(forget, { id, secretId: previous.id }, () => `The previous ${what} is forgotten.`);
  return (
    <section aria-labelledby="previous-secret">
      <h3 id="previous-secret" className="m-0 mb-2 text-base font-semibold">
        Previous
      </h3>
      <KeptSecretFacts kept={previous} placedLabel="Replaced" />
      {mayWrite && (
        <div className="mt-3 flex flex-wrap gap-2">
          <Button variant="default" disabled={previous.unusable !== null} onClick={() => step.ask("roll-back")}>
            Roll back
          </Button>
          <Button variant="default" onClick={() => step.ask("forget")}>
            Forget previous
          </Button>
        </div>
      )}
      <ConfirmDialog
        opened={step.asked === "roll-back"}
        title={`Roll back “${name}” to the previous ${what}?`}
        confirmLabel="Roll back"
        pending={step.isPending}
        error={step.error}
        onConfirm={rollBack}
        onClose={() => step.ask(null)}
      >
        It is in force again at once, and the provider is asked whether it takes it. Tokens in hand go on being used.
        The one in force now is kept as the previous one.
      </ConfirmDialog>
      <ConfirmDialog
        opened={step.asked === "forget"}
        title={`Forget the previous ${what} of “${name}”?`}
        confirmLabel="Forget previous"
        irreversible
        pending={step.isPending}
        error={step.error}
        onConfirm={drop}
        onClose={() => step.ask(null)}
      >
        There is no rolling back to it then. The one in force stays as it is.
      </ConfirmDialog>
    </section>
  );
}
