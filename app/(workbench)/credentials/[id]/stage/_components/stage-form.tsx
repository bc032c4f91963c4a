"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { FormProvider, useForm } from "react-hook-form";
import { ActionErrorAlert, type ShownError } from "#app/_ui/action-error.tsx";
import { applyFieldErrors } from "#app/_ui/apply-field-errors.ts";
import { callAction } from "#app/_ui/call-action.ts";
import { Card } from "#app/_ui/card.tsx";
import { FormActions } from "#app/_ui/form-actions.tsx";
import { SecretInput, TextField } from "#app/_ui/form-fields.tsx";
import { FormFrame } from "#app/_ui/form-frame.tsx";
import { KeyPairFields } from "#app/_ui/key-pair-fields.tsx";
import { emptyKeyPair, type KeyPairValues, toKeyPairInput } from "#app/_ui/key-pair-values.ts";
import { UnsavedChangesGuard } from "#app/_ui/unsaved-changes-guard.tsx";
import { useSchemaResolver } from "#app/_ui/use-edit-form.ts";
import { usesKey, usesSecret } from "#lib/oauth/client-authentication/registry.ts";
import { credentialLabels as labels } from "#lib/oauth/credentials/definition.ts";
import type { CredentialDetail } from "#lib/oauth/credentials/model.ts";
import { stageInput } from "#lib/oauth/rotation/schema.ts";
import { stage } from "../../rotation-actions.ts";

type StageValues = KeyPairValues & { clientSecret: string; secretExpiresOn: string };

const empty: StageValues = { ...emptyKeyPair, clientSecret: "", secretExpiresOn: "" };
const guid = /^\s*[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\s*$/i;

function toInput({ clientSecret, secretExpiresOn, ...pair }: StageValues) {
  return { clientSecret: clientSecret || null, secretExpiresOn: secretExpiresOn || null, ...toKeyPairInput(pair) };
}

/** The next secret, or the next key with its certificate, whichever the client authentication uses. */
export function StageForm({ credential }: { credential: CredentialDetail }) {
  const router = useRouter();
  const [error, setError] = useState<ShownError | null>(null);
  const resolver = useSchemaResolver<StageValues>(() => stageInput, toInput);
  const form = useForm<StageValues>({ resolver, defaultValues: empty });
  const { isDirty, isSubmitting, isSubmitSuccessful } = form.formState;
  const { id, provider } = credential;
  const page = `/credentials/${id}#rotation`;
  const isEntra = provider === "entra";
  const takesKey = usesKey(credential);
  const takesSecret = usesSecret(credential);
  const looksLikeId = isEntra && guid.test(form.watch("clientSecret"));

  const submit = form.handleSubmit(async (values) => {
    setError(null);
    const result = await callAction(stage, { id, secret: toInput(values) });
    if (result.ok) return router.push(page);
    if (applyFieldErrors(form.setError, result.error)) return;
    setError(result.error);
    form.setError("root.server", { type: "server", message: result.error.message });
  });
  return (
    <FormProvider {...form}>
      <FormFrame onSubmit={submit} isBusy={isSubmitting} className="grid max-w-3xl grid-cols-1 gap-5">
        <UnsavedChangesGuard dirty={isDirty && !isSubmitting && !isSubmitSuccessful} />
        <ActionErrorAlert error={error} />
        <Card
          title={takesSecret ? "Next client secret" : "Next certificate"}
          description="The one in force goes on being used until you promote this one. It is encrypted here and never shown again."
        >
          <div className="grid gap-4">
            {takesSecret && (
              <SecretInput
                name="clientSecret"
                label={labels.clientSecret}
                setAt={null}
                description={
                  isEntra
                    ? "In Entra ID: Certificates & secrets → New client secret → Value. The present one stays valid there."
                    : "Make it at the provider, without deleting the present one there."
                }
                remark={
                  looksLikeId
                    ? "This looks like the Secret ID. Entra ID wants the secret's Value, which it shows only once, right after the secret was made."
                    : undefined
                }
              />
            )}
            {takesKey && (
              <KeyPairFields
                setAt={null}
                certificateDescription={
                  credential.privateKeySetAt === null
                    ? "PEM. Upload it at the provider beside the present one first."
                    : "PEM. Upload it at the provider beside the present one first. One renewed for the same key is entered alone."
                }
              />
            )}
            {takesSecret && (
              <TextField
                name="secretExpiresOn"
                label={labels.secretExpiresOn}
                type="date"
                description="Optional. The day on which the next one ends; alerts go by it once it is promoted."
              />
            )}
          </div>
        </Card>
        <FormActions pending={isSubmitting} saveLabel="Stage" pendingLabel="Staging…" cancelHref={page} />
      </FormFrame>
    </FormProvider>
  );
}
