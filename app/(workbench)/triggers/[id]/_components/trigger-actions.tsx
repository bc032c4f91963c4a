"use client";
import { notifications } from "@mantine/notifications";
import { PencilIcon, PlayIcon, Trash2Icon } from "lucide-react";
import { useRouter } from "next/navigation";
import { RunButton } from "#app/_shared/runs/run-button.tsx";
import { ConfirmButton } from "#app/_ui/confirm-button.tsx";
import { LinkButton } from "#app/_ui/link-button.tsx";
import { runsWithoutInput, type TriggerDetail } from "#lib/delivery/triggers/model.ts";
import { removeTrigger, runTrigger } from "../../actions.ts";

type Props = { trigger: TriggerDetail; mayWrite: boolean; mayRun: boolean };

/** Delete, Edit and Run, as far as they are allowed. */
export function TriggerActions({ trigger, mayWrite, mayRun }: Props) {
  const router = useRouter();
  const { id, name } = trigger;
  return (
    <>
      {mayWrite && (
        <>
          <ConfirmButton
            label="Delete"
            button={{ leftSection: <Trash2Icon size={16} aria-hidden /> }}
            title={`Delete the trigger “${name}”?`}
            confirmLabel="Delete"
            irreversible
            action={removeTrigger}
            input={{ id }}
            onDone={() => {
              notifications.show({ message: `Deleted “${name}”`, color: "green" });
              router.push("/triggers");
            }}
          >
            <p className="m-0">
              API clients can't run it anymore. The transport {trigger.transportName} and past runs are kept.
            </p>
          </ConfirmButton>
          <LinkButton
            href={`/triggers/${id}/edit`}
            variant="default"
            leftSection={<PencilIcon size={16} aria-hidden />}
          >
            Edit
          </LinkButton>
        </>
      )}
      {mayRun &&
        trigger.enabled &&
        (runsWithoutInput(trigger) ? (
          <RunButton triggerId={id} run={runTrigger} />
        ) : (
          <LinkButton href={`/triggers/${id}/run`} leftSection={<PlayIcon size={16} aria-hidden />}>
            Run
          </LinkButton>
        ))}
    </>
  );
}
