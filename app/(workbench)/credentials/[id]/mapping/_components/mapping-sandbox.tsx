"use client";
import { useState } from "react";
import { FormProvider, useForm, useWatch } from "react-hook-form";
import { ActionErrorAlert } from "#app/_ui/action-error.tsx";
import { Card } from "#app/_ui/card.tsx";
import { FormActions } from "#app/_ui/form-actions.tsx";
import { FormFrame } from "#app/_ui/form-frame.tsx";
import { UnsavedChangesGuard } from "#app/_ui/unsaved-changes-guard.tsx";
import type { CredentialDetail } from "#lib/oauth/credentials/model.ts";
import { mapClaims } from "#lib/oauth/sign-in/claims.ts";
import type { MappingTest } from "#lib/oauth/sign-in/mapping-test.ts";
import { ClaimFields, ClaimsSourceField, RoleFields } from "../../../_components/claim-fields.tsx";
import { type FormValues, toDefaultRole, toFormValues } from "../../../_components/form-values.ts";
import { ClaimList } from "./claim-list.tsx";
import { ClaimSource } from "./claim-source.tsx";
import { type MappingOutcome, Outcome } from "./outcome.tsx";
import type { Pasted } from "./read-pasted.ts";
import { useSaveMapping } from "./use-save-mapping.ts";

type Props = { credential: Extract<CredentialDetail, { type: "user" }>; test: MappingTest | "gone" | null };

/** Claims on one side, what they mean on the other; what would come of it is shown while it is edited. */
export function MappingSandbox({ credential, test }: Props) {
  const form = useForm<FormValues>({ defaultValues: toFormValues(credential) });
  const { submit, error } = useSaveMapping(credential, form);
  const [pasted, setPasted] = useState<Pasted | null>(null);
  const values = useWatch({ control: form.control }) as FormValues;
  const shown = chooseClaims(test, pasted, values.claimsSource);
  const outcome: MappingOutcome | null = shown.claims && {
    mapped: mapClaims(shown.claims, {
      provider: credential.provider,
      claimsSource: values.claimsSource,
      jwtUsernameKey: values.jwtUsernameKey,
      jwtRolesKey: values.jwtRolesKey,
      roleMapping: values.roleMapping,
      defaultRole: toDefaultRole(values.defaultRole),
    }),
    mfa: credential.mfa === "required" && test && test !== "gone" && !pasted ? { method: test.mfaMethod } : null,
  };
  const { isDirty, isSubmitting, isSubmitSuccessful } = form.formState;
  const set = (name: "jwtUsernameKey" | "jwtRolesKey", key: string) =>
    form.setValue(name, key, { shouldDirty: true, shouldTouch: true });
  const addRole = (claimValue: string) =>
    form.setValue("roleMapping", [...form.getValues("roleMapping"), { claimValue, role: "operator", nodeId: null }], {
      shouldDirty: true,
    });

  return (
    <FormProvider {...form}>
      <FormFrame onSubmit={submit} isBusy={isSubmitting}>
        <UnsavedChangesGuard dirty={isDirty && !isSubmitting && !isSubmitSuccessful} />
        <div className="grid grid-cols-1 items-start gap-5 xl:grid-cols-2">
          <div className="grid min-w-0 gap-5">
            <ClaimSource credential={credential} test={test} pasted={pasted} onPaste={setPasted} />
            <Card
              title="Claims"
              description="Choose the claim that holds the username, and the one that holds the roles."
            >
              <ClaimList
                claims={shown.claims}
                missing={shown.missing}
                usernameKey={values.jwtUsernameKey}
                rolesKey={values.jwtRolesKey}
                onUsername={(key) => set("jwtUsernameKey", key)}
                onRoles={(key) => set("jwtRolesKey", key)}
              />
            </Card>
          </div>
          <div className="grid min-w-0 gap-5">
            <Outcome outcome={outcome} onAddRole={addRole} />
            <Card title="Mapping" description="What the credential says about these claims. Saved with Save only.">
              <div className="grid gap-4">
                <ActionErrorAlert error={error} />
                <ClaimsSourceField />
                <ClaimFields remarks={{}} />
                <RoleFields />
              </div>
            </Card>
            <FormActions pending={isSubmitting} cancelHref={`/credentials/${credential.id}`} />
          </div>
        </div>
      </FormFrame>
    </FormProvider>
  );
}

/** The claims to show: pasted ones first, else those of the test that the mapping reads. */
function chooseClaims(test: Props["test"], pasted: Pasted | null, source: FormValues["claimsSource"]) {
  if (pasted) return { claims: pasted.claims, missing: pasted.problem };
  if (test === null || test === "gone") return { claims: null, missing: null };
  return test.sources[source];
}
