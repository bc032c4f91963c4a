"use client";
import { type ReactNode, useEffect, useRef } from "react";
import { type FieldValues, FormProvider } from "react-hook-form";
import { ActionErrorAlert } from "./action-error.tsx";
import { focusFirstInvalid } from "./focus-field.ts";
import { FormActions } from "./form-actions.tsx";
import { FormFrame } from "./form-frame.tsx";
import { type StaleChange, StaleNotice } from "./stale-notice.tsx";
import { UnsavedChangesGuard } from "./unsaved-changes-guard.tsx";
import type { EditState, Stale, Stored } from "./use-edit-form.ts";

type Props<V extends FieldValues, D extends Stored> = {
  /** What `useEditForm` answers. */
  edit: EditState<V, D>;
  /** What of the thing someone else changed. */
  listChanges: (stale: Stale<D>, mine: V) => StaleChange[];
  cancelHref: string;
  /** Whether there are parts beside each other; the cards of one column stay as narrow as ever. */
  isWide?: boolean;
  /** Between the last field and Save. */
  beforeActions?: ReactNode;
  /** Beside Save and Cancel. */
  actions?: ReactNode;
  children: ReactNode;
};

/** Head and foot of a form that adds or edits one thing: errors, changes made meanwhile, Save and Cancel. */
export function EditForm<V extends FieldValues, D extends Stored>(props: Props<V, D>) {
  const { edit, listChanges, cancelHref, isWide = false, beforeActions, actions, children } = props;
  const { form, stale, refusals } = edit;
  const element = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (refusals > 0 && element.current) focusFirstInvalid(element.current);
  }, [refusals]);
  return (
    <FormProvider {...form}>
      <FormFrame
        ref={element}
        onSubmit={edit.submit}
        isBusy={edit.isSaving}
        className={`grid grid-cols-1 gap-5 ${isWide ? "form-wide" : "max-w-3xl"}`}
      >
        <UnsavedChangesGuard dirty={edit.isUnsaved} />
        <ActionErrorAlert error={edit.error} />
        {stale && (
          <StaleNotice
            message={stale.message}
            changes={listChanges(stale, form.getValues())}
            onLoadTheirs={edit.loadTheirs}
            onKeepMine={edit.keepMine}
          />
        )}
        {children}
        {beforeActions}
        <FormActions pending={edit.isSaving} cancelHref={cancelHref} isSticky>
          {actions}
        </FormActions>
      </FormFrame>
    </FormProvider>
  );
}
