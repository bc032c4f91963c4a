"use client";
import { createContext, useContext } from "react";
import type { Types } from "#lib/soap/model.ts";
import type { Path } from "./argument-values.ts";

/** What each field of the operation knows. */
export type OperationForm = {
  types: Types;
  /** Puts a value in place; undefined takes it away. Stays the same function. */
  update: (path: Path, value: unknown) => void;
  /** What is wrong at a path, undefined when nothing is or it need not be said yet. */
  problemAt: (path: Path, value: unknown) => string | undefined;
  /** Whether something is wrong below a path. */
  hasProblemBelow: (path: Path) => boolean;
};

export const OperationFormContext = createContext<OperationForm | null>(null);

export function useOperationForm(): OperationForm {
  const form = useContext(OperationFormContext);
  if (!form) throw new Error("A field of an operation stands outside of its form.");
  return form;
}
