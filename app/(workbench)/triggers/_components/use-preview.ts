"use client";
import { useEffect, useRef, useState } from "react";
import type { ActionError } from "#lib/web/action-result.ts";
import { previewRequest } from "../actions.ts";
import type { Preview } from "../preview.ts";

const debounceMs = 400;

/**
 * The request as it would be sent, made anew 400 ms after the last change. While a template can't be read, the last preview
 * stays beside the error.
 * @param request as the schema takes it; null when there is nothing to preview.
 */
export function usePreview(transportId: string, request: unknown, samples: Record<string, string>) {
  const [preview, setPreview] = useState<Preview | null>(null);
  const [error, setError] = useState<ActionError | null>(null);
  const [isLoading, setLoading] = useState(false);
  const round = useRef(0);
  const input =
    request === null || transportId === "" ? null : JSON.stringify({ transportId, request, variables: samples });

  useEffect(() => {
    const mine = ++round.current;
    if (input === null) {
      setPreview(null);
      setError(null);
      setLoading(false);
      return;
    }
    setLoading(true);
    const timer = setTimeout(async () => {
      const answer = await previewRequest(JSON.parse(input));
      if (mine !== round.current) return;
      setLoading(false);
      setError(answer.ok ? null : answer.error);
      if (answer.ok) setPreview(answer.value);
    }, debounceMs);
    return () => clearTimeout(timer);
  }, [input]);

  return { preview, error, isLoading };
}
