"use client";
import { Button } from "@mantine/core";
import { useEffect, useRef } from "react";
import type { CredentialDetail } from "#lib/credentials/model.ts";
import type { FormValues } from "./form-values.ts";
import { toFormValues, toInput } from "./form-values.ts";
import type { Stale } from "./use-credential-form.ts";
import { labelOf } from "./words.ts";

type Props = {
  stale: Stale;
  base: CredentialDetail;
  mine: FormValues;
  onLoadTheirs: () => void;
  onKeepMine: () => void;
};

/** Shows what someone else saved meanwhile beside what stands in the form, and asks which to go on with. */
export function StaleNotice({ stale, base, mine, onLoadTheirs, onKeepMine }: Props) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  const before: Record<string, unknown> = toInput(toFormValues(base));
  const theirs: Record<string, unknown> = toInput(toFormValues(stale.current));
  const here: Record<string, unknown> = toInput(mine);
  return (
    <div ref={box} tabIndex={-1} role="alert" className="notice" data-tone="warn">
      <div className="min-w-0">
        <p className="m-0 font-semibold">{stale.message}</p>
        <p className="m-0 mt-1">Nothing of yours is saved yet. Changed meanwhile:</p>
        <ul className="m-0 mt-1 pl-5">
          {stale.changed.map((field) => (
            <li key={field}>
              <strong>{labelOf(field)}</strong>
              {field in theirs || field in before ? (
                <>
                  : {show(before[field])} → {show(theirs[field])}
                  {show(here[field]) !== show(before[field]) && `, here ${show(here[field])}`}
                </>
              ) : (
                " was replaced"
              )}
            </li>
          ))}
        </ul>
        <div className="mt-3 flex flex-wrap gap-2">
          <Button variant="default" onClick={onLoadTheirs}>
            Load theirs
          </Button>
          <Button onClick={onKeepMine}>Keep mine</Button>
        </div>
        <p className="m-0 mt-2 text-sm">
          Load theirs drops what you changed. Keep mine lays your changes over theirs; look through them, then save.
        </p>
      </div>
    </div>
  );
}

function show(value: unknown): string {
  if (value === null || value === undefined || value === "") return "empty";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
