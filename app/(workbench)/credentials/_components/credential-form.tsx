"use client";
import { useEffect } from "react";
import { findProxies } from "#app/_shared/options/actions.ts";
import { Card } from "#app/_ui/card.tsx";
import { EditForm } from "#app/_ui/edit-form.tsx";
import { focusField } from "#app/_ui/focus-field.ts";
import { FormSection, FormSections } from "#app/_ui/form-section.tsx";
import { HostsField } from "#app/_ui/hosts-field.tsx";
import { listStaleChanges } from "#app/_ui/list-stale-changes.ts";
import { Notice } from "#app/_ui/notice.tsx";
import { ProxyFields } from "#app/_ui/proxy-fields.tsx";
import type { MissingHost } from "#lib/oauth/credentials/allowed-hosts.ts";
import { credentialLabels as labels } from "#lib/oauth/credentials/definition.ts";
import type { CredentialDetail } from "#lib/oauth/credentials/model.ts";
import { ClaimFields, RoleSection } from "./claim-fields.tsx";
import { ClientAuthenticationSection, ClientFields } from "./client-fields.tsx";
import { EndpointField } from "./endpoint-field.tsx";
import { TextField } from "./fields.tsx";
import { type FormValues, toFormValues, toInput, toUpdate } from "./form-values.ts";
import { HostSuggestions } from "./host-suggestions.tsx";
import type { NodeChoice } from "./offered-at-field.tsx";
import { ProviderCatalog } from "./provider-catalog.tsx";
import { IssuerField, ProviderSection } from "./provider-section.tsx";
import { remarksOf } from "./remarks.ts";
import { RedirectUri, SignInSection } from "./sign-in-fields.tsx";
import { RefreshField, ScopeField, TokenRequestSection } from "./token-fields.tsx";
import { TypeFields } from "./type-fields.tsx";
import { UnsavedCheckButton, UnsavedCheckResult } from "./unsaved-check.tsx";
import { useCredentialForm } from "./use-credential-form.ts";
import { useUnsavedCheck } from "./use-unsaved-check.ts";

type Props = {
  /** What is edited, null for a new one. */
  credential: CredentialDetail | null;
  redirectUri: string;
  nodes: NodeChoice[];
  /** Values of the roles claim that sign-ins brought and that aren't mapped. */
  receivedRoles?: string[];
  /** Hosts of the credential's transports that weren't allowed when the page was read. */
  hostsInUse?: MissingHost[];
  /** Of the last token, null if none is cached. */
  tokenLifetimeSeconds: number | null;
};

/** Adds or edits a credential. */
export function CredentialForm(props: Props) {
  const { credential, redirectUri, nodes, receivedRoles = [], hostsInUse = [], tokenLifetimeSeconds } = props;
  const edit = useCredentialForm(credential);
  const { form, base, isSaving } = edit;
  const unsaved = useUnsavedCheck(() => describeDraft(form.getValues(), edit.start, base), edit.showError);
  const remarks = unsaved.remarks ?? remarksOf(credential);
  const [type, allowedHosts, owner, ownerEmail, notes] = form.watch([
    "type",
    "allowedHosts",
    "owner",
    "ownerEmail",
    "notes",
  ]);
  useFocusFromHash();

  return (
    <EditForm
      edit={edit}
      isWide
      cancelHref={credential ? `/credentials/${credential.id}` : "/credentials"}
      listChanges={({ before, current, changed }, mine) =>
        listStaleChanges(
          changed,
          { before: toInput(toFormValues(before)), theirs: toInput(toFormValues(current)), mine: toInput(mine) },
          labels,
        )
      }
      beforeActions={<UnsavedCheckResult check={unsaved} />}
      actions={<UnsavedCheckButton check={unsaved} disabled={isSaving} />}
    >
      {!unsaved.remarks && Object.keys(remarks).length > 0 && credential && (
        <Notice tone={credential.status === "action_needed" ? "bad" : "warn"} title={credential.statusReason}>
          See the highlighted field.
        </Notice>
      )}
      <div className="credential-form">
        {credential === null && <ProviderCatalog redirectUri={redirectUri} />}
        <div className="grid grid-cols-1 gap-5">
          <Card>
            <div className="grid gap-4">
              <div className="grid items-start gap-4 sm:grid-cols-[2fr_1fr_1fr]">
                <TextField name="name" required description="Shown wherever the credential can be selected" />
                <TypeFields fixed={credential !== null} />
              </div>
              <EndpointField remark={remarks.endpointUrl} />
              <ClientFields base={base} remarks={remarks} />
              <ScopeField remarks={remarks} />
              <div className="grid items-start gap-4 sm:grid-cols-2">
                <RefreshField tokenLifetimeSeconds={tokenLifetimeSeconds} />
                <ProxyFields
                  stored={base?.proxy ?? null}
                  find={findProxies}
                  remarks={remarks}
                  description="For token requests. Transports have their own."
                />
              </div>
              {type === "user" && (
                <>
                  <IssuerField remarks={remarks} />
                  <ClaimFields remarks={remarks} />
                  <RedirectUri uri={redirectUri} />
                </>
              )}
            </div>
          </Card>
          <FormSections>
            {type === "user" && (
              <>
                <RoleSection received={receivedRoles} />
                <SignInSection nodes={nodes} remarks={remarks} />
              </>
            )}
            <ClientAuthenticationSection base={base} remarks={remarks} />
            <TokenRequestSection remarks={remarks} />
            <ProviderSection base={base} remarks={remarks} />
            <FormSection
              title="Destinations"
              set={[allowedHosts.join(", ")]}
              unset="None: the token is sent nowhere"
              isOpen={hostsInUse.length > 0}
            >
              <HostsField
                name="allowedHosts"
                label={labels.allowedHosts}
                description="Where the token can be sent over https, one host per line, such as orders.example.com, *.example.com, or erp.example.com:8443. To allow http, enter http://erp.example.com:8080. If empty, the token is sent nowhere. When an admin saves a transport, its form proposes the host."
              />
              <HostSuggestions hosts={hostsInUse} />
            </FormSection>
            <FormSection title="Ownership" set={[owner, ownerEmail, notes.trim() !== "" && "Notes"]}>
              <div className="grid items-start gap-4 sm:grid-cols-2">
                <TextField name="owner" description="Person or team responsible" />
                <TextField
                  name="ownerEmail"
                  type="email"
                  description="Receives alerts. Defaults to Owner if that is an email address or a user with one."
                />
              </div>
              <TextField name="notes" multiline />
            </FormSection>
          </FormSections>
        </div>
      </div>
    </EditForm>
  );
}

/** The values as a check takes them that are not saved: of an edit what differs. */
function describeDraft(values: FormValues, start: FormValues, base: CredentialDetail | null) {
  if (base) return { id: base.id, ...toUpdate(values, start, base.version) };
  const { name, ...input } = toInput(values);
  return name.trim() === "" ? input : { name, ...input };
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
