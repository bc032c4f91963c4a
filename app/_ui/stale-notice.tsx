"use client";
import { Button } from "@mantine/core";
import { useEffect, useRef } from "react";

/** A field that someone else changed: what it was, what it is now, what stands in the form. */
export type StaleChange = { label: string; before: unknown; theirs: unknown; here: unknown };

type Props = { message: string; changes: StaleChange[]; onLoadTheirs: () => void; onKeepMine: () => void };

/** Shows what someone else saved meanwhile beside what stands in the form, and asks which to go on with. */
export function StaleNotice({ message, changes, onLoadTheirs, onKeepMine }: Props) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  return (
    <div ref={box} tabIndex={-1} role="alert" className="notice" data-tone="warn">
      <div className="min-w-0">
        <p className="m-0 font-semibold">{message}</p>
        <p className="m-0 mt-1">Nothing of yours is saved yet. Changed meanwhile:</p>
        <ul className="m-0 mt-1 pl-5">
          {changes.map(({ label, before, theirs, here }) => (
            <li key={label} className="wrap-anywhere">
              <strong>{label}</strong>
              {show(before) === show(theirs) ? (
                " was replaced"
              ) : (
                <>
                  : {show(before)} → {show(theirs)}
                  {show(here) !== show(before) && `, here ${show(here)}`}
                </>
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
