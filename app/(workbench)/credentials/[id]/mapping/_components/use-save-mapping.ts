import { notifications } from "@mantine/notifications";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { UseFormReturn } from "react-hook-form";
import type { ShownError } from "#app/_ui/action-error.tsx";
import { applyFieldErrors } from "#app/_ui/apply-field-errors.ts";
import { callAction } from "#app/_ui/call-action.ts";
import type { CredentialDetail } from "#lib/oauth/credentials/model.ts";
import { type FormValues, toFormValues, toUpdate } from "../../../_components/form-values.ts";
import { saveCredential } from "../../../actions.ts";

/** Saves what was changed of the mapping into the credential. */
export function useSaveMapping(credential: CredentialDetail, form: UseFormReturn<FormValues>) {
  const router = useRouter();
  const [error, setError] = useState<ShownError | null>(null);
  const submit = form.handleSubmit(async (values) => {
    setError(null);
    const update = toUpdate(values, toFormValues(credential), credential.version);
    const result = await callAction(saveCredential, { id: credential.id, update });
    if (result.ok) {
      notifications.show({ message: "Changes saved", color: "green" });
      return router.push(`/credentials/${credential.id}`);
    }
    // Marks the submission as failed, so that leaving still warns.
    form.setError("root.server", { type: "server", message: result.error.message });
    if (!applyFieldErrors(form.setError, result.error)) setError(result.error);
  });
  return { submit, error };
}
