"use client";
import { Checkbox } from "@mantine/core";
import type { ReactNode } from "react";

export type HeadProps = {
  /** Of the input that the name labels; null when it labels a group. */
  id: string | null;
  name: string;
  /** The type and what it asks for. */
  hint?: string;
  /** Whether an optional one is sent; undefined for a required one. */
  isOn?: boolean;
  onToggle?: (on: boolean) => void;
  /** Whether it is sent as nil; undefined where that is not allowed. */
  isNil?: boolean;
  onNil?: (nil: boolean) => void;
  /** What can be done with an item of a list, at the right end. */
  actions?: ReactNode;
  /** Buttons at the right. */
  children?: ReactNode;
};

/** The line above a field: whether it is sent, its name and type, whether it is nil. */
export function FieldHead({ id, name, hint, isOn, onToggle, isNil, onNil, actions, children }: HeadProps) {
  return (
    <div className="argument-head">
      {onToggle && (
        <Checkbox
          size="xs"
          checked={isOn}
          aria-label={`Send ${name}`}
          onChange={(event) => onToggle(event.currentTarget.checked)}
        />
      )}
      {id ? (
        <label htmlFor={id} className="argument-name">
          {name}
        </label>
      ) : (
        <span className="argument-name">{name}</span>
      )}
      {hint && <span className="argument-hint">{hint}</span>}
      <span className="ml-auto flex items-center gap-2">
        {onNil && (
          <Checkbox
            size="xs"
            label="nil"
            aria-label={`Send ${name} as nil`}
            checked={isNil}
            onChange={(event) => onNil(event.currentTarget.checked)}
          />
        )}
        {children}
        {actions && <span className="flex">{actions}</span>}
      </span>
    </div>
  );
}
