"use client";
import { ReleaseButton } from "#app/_shared/runs/release-button.tsx";
import { Notice } from "#app/_ui/notice.tsx";
import { TextLink } from "#app/_ui/text-link.tsx";
import { releaseHeldRuns } from "../../actions.ts";

type Props = { id: string; held: number; mayRun: boolean };

/** Says that runs are held, and lets them go on. */
export function HeldRuns({ id, held, mayRun }: Props) {
  const what = held === 1 ? "1 run is held" : `${held} runs are held`;
  return (
    <Notice tone="warn" title={`${what}: authentication failed`}>
      <p className="m-0">
        They are made again by themselves when the credential works.{" "}
        <TextLink href={`/runs?triggerId=${id}&status=held`}>Look at them</TextLink>
      </p>
      {mayRun && (
        <div className="mt-2">
          <ReleaseButton
            id={id}
            size="xs"
            label="Make them again now"
            done="The held runs are back in the queue."
            release={releaseHeldRuns}
          />
        </div>
      )}
    </Notice>
  );
}
