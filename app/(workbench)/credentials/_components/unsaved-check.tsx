"use client";
import { Button, Loader } from "@mantine/core";
import { StethoscopeIcon } from "lucide-react";
import { useEffect, useRef } from "react";
import { focusField } from "#app/_ui/focus-field.ts";
import { StatusBadge } from "#app/_ui/status-badge.tsx";
import { CheckStepsList } from "./check-steps-list.tsx";
import { CopyReport } from "./copy-report.tsx";
import type { UnsavedCheck } from "./use-unsaved-check.ts";
import { labelOf } from "./words.ts";

/** Checks the values of the form before they are saved. */
export function UnsavedCheckButton({ check, disabled }: { check: UnsavedCheck; disabled: boolean }) {
  return (
    <Button
      type="button"
      variant="default"
      leftSection={<StethoscopeIcon size={16} aria-hidden />}
      aria-disabled={check.isRunning || disabled}
      loading={check.isRunning}
      loaderProps={{ "aria-hidden": true }}
      onClick={() => !disabled && check.run()}
    >
      Check
    </Button>
  );
}

/** How the check of unsaved values goes and went. */
export function UnsavedCheckResult({ check }: { check: UnsavedCheck }) {
  const { isRunning, result } = check;
  const shown = useRef<HTMLDivElement>(null);
  // Check stays in view at the bottom of the form, while its result might be below.
  useEffect(() => {
    if (isRunning || result) shown.current?.scrollIntoView({ block: "nearest" });
  }, [isRunning, result]);
  return (
    <div ref={shown} role="status" className="empty:absolute">
      {isRunning && (
        <div className="card flex items-center gap-3 px-4 py-3">
          <Loader size="sm" aria-hidden /> Checking these values: requesting a token…
        </div>
      )}
      {result && (
        <section className="card px-4 py-3" aria-label="Check of these values">
          <p className="m-0 flex flex-wrap items-center gap-2 font-semibold">
            Test result (not saved) <StatusBadge status={result.status} />
          </p>
          <p className="m-0 mt-1 text-sm text-dimmed wrap-anywhere">{result.statusReason}</p>
          <CheckStepsList steps={result.steps} renderField={(field) => <FieldButton field={field} />} />
          <CopyReport report={result.report} />
        </section>
      )}
    </div>
  );
}

function FieldButton({ field }: { field: string }) {
  return (
    <button type="button" className="quiet-button" onClick={() => focusField(field)}>
      Go to {labelOf(field)}
    </button>
  );
}
