"use client";
import { Button, Loader } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { ActionErrorAlert, type ShownError } from "#app/_ui/action-error.tsx";
import { callAction } from "#app/_ui/call-action.ts";
import type { Rotation, StagedSecret as Staged } from "#lib/oauth/credentials/rotation-model.ts";
import { testNow } from "../rotation-actions.ts";
import { KeptSecretFacts } from "./kept-secret-facts.tsx";
import { StagedDialogs } from "./staged-dialogs.tsx";
import { StagedTestSteps, StagedVerdict } from "./staged-test-result.tsx";
import { useRotationStep } from "./use-rotation-step.ts";

type Props = {
  credential: { id: string; name: string; what: "secret" | "certificate" };
  staged: Staged;
  rotation: Rotation;
  mayWrite: boolean;
};

/** The secret that is to be the next, with how its test went, Test, Promote and Discard. */
export function StagedSecret({ credential, staged, rotation, mayWrite }: Props) {
  const router = useRouter();
  const step = useRotationStep<"promote" | "discard">();
  const [testing, setTesting] = useState<{ isRunning: boolean; error: ShownError | null }>({
    isRunning: false,
    error: null,
  });
  const test = async () => {
    setTesting({ isRunning: true, error: null });
    const answer = await callAction(testNow, { id: credential.id });
    setTesting({ isRunning: false, error: answer.ok ? null : answer.error });
    router.refresh();
  };
  const isUsable = staged.unusable === null;
  const isReady = staged.test?.passed === true && !staged.test.outdated;
  return (
    <section aria-labelledby="staged-secret">
      <h3 id="staged-secret" className="m-0 mb-2 text-base font-semibold">
        Staged
      </h3>
      <KeptSecretFacts kept={staged} placedLabel="Staged" />
      <div role="status" className="mt-3">
        {testing.isRunning ? (
          <span className="flex items-center gap-2">
            <Loader size="sm" aria-hidden /> Asking the provider with the staged {credential.what}…
          </span>
        ) : (
          <StagedVerdict id={credential.id} test={staged.test} mayWrite={mayWrite} />
        )}
      </div>
      <ActionErrorAlert error={testing.error} />
      {mayWrite && (
        <div className="mt-3 flex flex-wrap gap-2">
          <Button
            variant={isReady ? "default" : "filled"}
            loading={testing.isRunning}
            disabled={!isUsable}
            onClick={test}
          >
            Test
          </Button>
          <Button
            variant={isReady ? "filled" : "default"}
            disabled={!isUsable || testing.isRunning}
            onClick={() => step.ask("promote")}
          >
            Promote
          </Button>
          <Button variant="default" onClick={() => step.ask("discard")}>
            Discard
          </Button>
        </div>
      )}
      {staged.test && !testing.isRunning && (
        <StagedTestSteps id={credential.id} test={staged.test} mayWrite={mayWrite} />
      )}
      <StagedDialogs credential={credential} staged={staged} rotation={rotation} step={step} />
    </section>
  );
}
