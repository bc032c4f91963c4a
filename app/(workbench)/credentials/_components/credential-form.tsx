"use client";
import { useEffect } from "react";
import { Card } from "#app/_ui/card.tsx";
import { EditForm } from "#app/_ui/edit-form.tsx";
import { HostsField } from "#app/_ui/hosts-field.tsx";
import { listStaleChanges } from "#app/_ui/list-stale-changes.ts";
import { Notice } from "#app/_ui/notice.tsx";
import type { MissingHost } from "#lib/oauth/credentials/allowed-hosts.ts";
import { commonFields, credentialLabels as labels } from "#lib/oauth/credentials/definition.ts";
import type { CredentialDetail } from "#lib/oauth/credentials/model.ts";
import { optionsOf } from "#lib/platform/definitions/field.ts";
import { ClientFields } from "./client-fields.tsx";
import { EndpointField } from "./endpoint-field.tsx";
import { ChoiceField, TextField } from "./fields.tsx";
import { focusField } from "./focus-field.ts";
import { type FormValues, toFormValues, toInput, toUpdate } from "./form-values.ts";
import { HostSuggestions } from "./host-suggestions.tsx";
import type { NodeChoice } from "./offered-at-field.tsx";
import { ProxyFields } from "./proxy-fields.tsx";
import { remarksOf } from "./remarks.ts";
import { SignInFields } from "./sign-in-fields.tsx";
import { TokenFields } from "./token-fields.tsx";
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
  /** Of the last token, null when there is none in hand. */
  tokenLifetimeSeconds: number | null;
};

/** Adds or edits a credential. */
export function CredentialForm(props: Props) {
  const { credential, redirectUri, nodes, receivedRoles = [], hostsInUse = [], tokenLifetimeSeconds } = props;
  const edit = useCredentialForm(credential);
  const { form, base, isSaving } = edit;
  const unsaved = useUnsavedCheck(() => describeDraft(form.getValues(), edit.start, base), edit.showError);
  const remarks = unsaved.remarks ?? remarksOf(credential);
  const type = form.watch("type");
  useFocusFromHash();

  return (
    <EditForm
      edit={edit}
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
            options={[{ value: "", label: "By the host of the endpoint URL" }, ...optionsOf(commonFields.provider)]}
            description="Choose it yourself for a server that behaves like Entra ID at another address."
          />
        </div>
      </Card>
      <ClientFields base={base} remarks={remarks} />
      <TokenFields remarks={remarks} tokenLifetimeSeconds={tokenLifetimeSeconds} />
      {type === "user" && (
        <SignInFields redirectUri={redirectUri} nodes={nodes} receivedRoles={receivedRoles} remarks={remarks} />
      )}
      <ProxyFields base={base} remarks={remarks} />
      <Card title="Destinations">
        <HostsField
          name="allowedHosts"
          label={labels.allowedHosts}
          description="Where the token can be sent over https, one host on each line, such as orders.example.com, *.example.com, or erp.example.com:8443. To allow http, enter http://erp.example.com:8080. If empty, the token is sent nowhere. When an admin saves a transport, its form proposes the host."
        />
        <HostSuggestions hosts={hostsInUse} />
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
