"use client";
import { ReleaseButton } from "#app/_shared/runs/release-button.tsx";
import { releaseHeldRun } from "../../actions.ts";

/** Makes a held run again now. */
export function ReleaseRun({ id }: { id: string }) {
  return (
    <ReleaseButton label="Make it again now" done="The run is back in the queue." release={releaseHeldRun} id={id} />
  );
}
