"use client";
import { StaleNotice as SharedStaleNotice } from "#app/_ui/stale-notice.tsx";
import type { CredentialDetail } from "#lib/oauth/credentials/model.ts";
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
export function StaleNotice({ stale, base, mine, ...actions }: Props) {
  const before: Record<string, unknown> = toInput(toFormValues(base));
  const theirs: Record<string, unknown> = toInput(toFormValues(stale.current));
  const here: Record<string, unknown> = toInput(mine);
  const changes = stale.changed.map((field) => ({
    label: labelOf(field),
    before: before[field],
    theirs: theirs[field],
    here: here[field],
  }));
  return <SharedStaleNotice {...actions} message={stale.message} changes={changes} />;
}
