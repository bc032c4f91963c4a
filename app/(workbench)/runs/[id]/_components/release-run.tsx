"use client";
import { ReleaseButton } from "#app/_shared/runs/release-button.tsx";
import { releaseHeldRun } from "../../actions.ts";

/** Retries a held run now. */
export function ReleaseRun({ id }: { id: string }) {
  return <ReleaseButton label="Retry now" done="The run is back in the queue." release={releaseHeldRun} id={id} />;
}
