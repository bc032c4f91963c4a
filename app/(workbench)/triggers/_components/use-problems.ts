"use client";
import { useMemo } from "react";
import type { Preview } from "../preview.ts";

/** What of the arguments does not fit, by path: as the preview says, and as the last attempt to save was refused. */
export function useProblems(preview: Preview | null, refused: unknown): ReadonlyMap<string, string> {
  return useMemo(() => {
    const found = preview?.problems.filter(({ about }) => about === "arguments") ?? [];
    return new Map([...listMessages(refused), ...found.map(({ path, message }): [string, string] => [path, message])]);
  }, [preview, refused]);
}

/** The messages in errors as react-hook-form nests them, by path as the server writes it. */
export function listMessages(errors: unknown, path = ""): [string, string][] {
  if (typeof errors !== "object" || errors === null) return [];
  if ("message" in errors && typeof errors.message === "string" && "type" in errors) return [[path, errors.message]];
  const isList = Array.isArray(errors);
  return Object.entries(errors).flatMap(([name, inner]) =>
    listMessages(inner, isList ? `${path}[${name}]` : path === "" ? name : `${path}.${name}`),
  );
}
