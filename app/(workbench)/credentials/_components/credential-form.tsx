"use client";
import { useEffect } from "react";
import { FormProvider } from "react-hook-form";
import { ActionErrorAlert } from "#app/_ui/action-error.tsx";
import { Card } from "#app/_ui/card.tsx";
import { FormActions } from "#app/_ui/form-actions.tsx";
import { FormFrame } from "#app/_ui/form-frame.tsx";
import { HostsField } from "#app/_ui/hosts-field.tsx";
import { Notice } from "#app/_ui/notice.tsx";
import { toOptions } from "#app/_ui/to-options.ts";
import { UnsavedChangesGuard } from "#app/_ui/unsaved-changes-guard.tsx";
import { type CredentialDetail, providers } from "#lib/oauth/credentials/model.ts";
import { ClientFields } from "./client-fields.tsx";
import { EndpointField } from "./endpoint-field.tsx";
import { ChoiceField, TextField } from "./fields.tsx";
import { focusField } from "./focus-field.ts";
import type { NodeChoice } from "./offered-at-field.tsx";
import { ProxyFields } from "./proxy-fields.tsx";
import { remarksOf } from "./remarks.ts";
import { SignInFields } from "./sign-in-fields.tsx";
import { StaleNotice } from "./stale-notice.tsx";
import { TokenFields } from "./token-fields.tsx";
import { TypeFields } from "./type-fields.tsx";
import { UnsavedCheckButton, UnsavedCheckResult } from "./unsaved-check.tsx";
import { useCredentialForm } from "./use-credential-form.ts";
import { useUnsavedCheck } from "./use-unsaved-check.ts";
import { labels, providerWords } from "./words.ts";

type Props = {
  /** What is edited, null for a new one. */
  credential: CredentialDetail | null;
  redirectUri: string;
  nodes: NodeChoice[];
  /** Of the last token, null when there is none in hand. */
  tokenLifetimeSeconds: number | null;
};

/** Adds or edits a credential. */
export function CredentialForm({ credential, redirectUri, nodes, tokenLifetimeSeconds }: Props) {
  const { form, submit, base, error, stale, loadTheirs, keepMine, describeDraft, showError } =
    useCredentialForm(credential);
  const unsaved = useUnsavedCheck(describeDraft, showError);
  const { isDirty, isSubmitting, isSubmitSuccessful } = form.formState;
  const remarks = unsaved.remarks ?? remarksOf(credential);
  const type = form.watch("type");
  useFocusFromHash();

  return (
    <FormProvider {...form}>
      <FormFrame onSubmit={submit} className="grid max-w-3xl grid-cols-1 gap-5" isBusy={isSubmitting}>
        <UnsavedChangesGuard dirty={isDirty && !isSubmitting && !isSubmitSuccessful} />
        <ActionErrorAlert error={error} />
        {stale && base && (
          <StaleNotice
            stale={stale}
            base={base}
            mine={form.getValues()}
            onLoadTheirs={loadTheirs}
            onKeepMine={keepMine}
          />
        )}
        {!unsaved.remarks && Object.keys(remarks).length > 0 && credential && (
          <Notice tone={credential.status === "action_needed" ? "bad" : "warn"} title={credential.statusReason}>
            The field is marked below.
          </Notice>
        )}
        <Card title="Identity">
          <div className="grid gap-4">
            <TextField name="name" description="Identifies this credential for those who assign it." />
            <TypeFields fixed={credential !== null} />
            <EndpointField remark={remarks.endpointUrl} />
            <ChoiceField
              name="provider"
              options={[
                { value: "", label: "By the host of the endpoint URL" },
                ...toOptions(providerWords, providers),
              ]}
              description="Choose it yourself for a server that behaves like Entra ID at another address."
            />
          </div>
        </Card>
        <ClientFields base={base} remarks={remarks} />
        <TokenFields remarks={remarks} tokenLifetimeSeconds={tokenLifetimeSeconds} />
        {type === "user" && <SignInFields redirectUri={redirectUri} nodes={nodes} remarks={remarks} />}
        <ProxyFields base={base} remarks={remarks} />
        <Card title="Where the token may be sent">
          <HostsField
            name="allowedHosts"
            label={labels.allowedHosts}
            description="Hosts such as orders.example.com, *.example.com or erp.example.com:8443, one on each line. Empty allows every host."
          />
        </Card>
        <Card title="Responsibility">
          <div className="grid gap-4">
            <TextField name="owner" description="Optional. Who to ask, such as a team or an address." />
            <TextField
              name="ownerEmail"
              type="email"
              description="Optional. Where alerts about this credential go. Left empty: the owner, if that is an address or a person known here by one."
            />
            <TextField name="notes" multiline description="Optional." />
          </div>
        </Card>
        <UnsavedCheckResult check={unsaved} />
        <FormActions pending={isSubmitting} cancelHref={credential ? `/credentials/${credential.id}` : "/credentials"}>
          <UnsavedCheckButton check={unsaved} disabled={isSubmitting} />
        </FormActions>
      </FormFrame>
    </FormProvider>
  );
}

/** A link such as `…/edit#clientSecret` leads to that field. */
function useFocusFromHash(): void {
  useEffect(() => {
    const name = decodeURIComponent(location.hash.slice(1));
    if (!name) return;
    // The fields take the focus once they are enabled, which is just after this.
    const frame = requestAnimationFrame(() => focusField(name));
    return () => cancelAnimationFrame(frame);
  }, []);
}
