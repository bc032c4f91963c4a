"use client";
import { useCallback, useEffect, useState } from "react";
import type { ShownError } from "#app/_ui/action-error.tsx";
import type { BlastRadius } from "#lib/oauth/credentials/model.ts";
import { readBlastRadius } from "../actions.ts";

/**
 * What a change of a credential touches, read anew each time that it is wanted.
 * @returns `radius` is null until it is known; `error` says why it is not.
 */
export function useBlastRadius(id: string, isWanted: boolean) {
  const [radius, setRadius] = useState<BlastRadius | null>(null);
  const [error, setError] = useState<ShownError | null>(null);
  const read = useCallback(async () => {
    const answer = await readBlastRadius({ id });
    setRadius(answer.ok ? answer.value : null);
    setError(answer.ok ? null : answer.error);
  }, [id]);
  useEffect(() => {
    if (!isWanted) return;
    setRadius(null);
    setError(null);
    read();
  }, [isWanted, read]);
  return { radius, error, read };
}
