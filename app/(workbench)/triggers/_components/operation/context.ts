"use client";
import { type ComponentType, createContext, type ReactNode, useContext } from "react";
import type { ElementNode, Particle, Types } from "#lib/delivery/soap/model.ts";
import type { Members } from "#lib/delivery/soap/values.ts";
import type { Path } from "./argument-values.ts";

/** A part of a content, the members that hold it, and where they stand. */
export type ParticleProps = {
  particle: Particle;
  members: Members;
  path: Path;
  /** Whether it may be left out here, whatever the part itself says. */
  isOptional?: boolean;
};

/** One occurrence of an element that is there. */
export type OneElementProps = {
  path: Path;
  node: ElementNode;
  value: unknown;
  /** Name of the item in a list. */
  title?: string;
  actions?: ReactNode;
  onToggle?: (on: boolean) => void;
};

/** What each field of the operation knows. */
export type OperationForm = {
  types: Types;
  /** Puts a value in place; undefined takes it away. Stays the same function. */
  update: (path: Path, value: unknown) => void;
  /** What is wrong at a path, undefined when nothing is or it need not be said yet. */
  problemAt: (path: Path, value: unknown) => string | undefined;
  /** Whether something is wrong below a path. */
  hasProblemBelow: (path: Path) => boolean;
  /** Types hold types: the fields that stand inside of others are handed down here. */
  Particles: ComponentType<ParticleProps>;
  OneElement: ComponentType<OneElementProps>;
};

export const OperationFormContext = createContext<OperationForm | null>(null);

export function useOperationForm(): OperationForm {
  const form = useContext(OperationFormContext);
  if (!form) throw new Error("A field of an operation stands outside of its form.");
  return form;
}
