"use client";
import { Select } from "@mantine/core";
import { Controller, useFormContext } from "react-hook-form";
import { ChoiceField, Remark, SecretInput, TextField, useFieldError } from "#app/_ui/form-fields.tsx";
import { credentialStatusWords, StatusBadge } from "#app/_ui/status-badge.tsx";
import { toOptions } from "#app/_ui/to-options.ts";
import { transportLabels as labels } from "#lib/delivery/transports/definition.ts";
import type { AssignableCredential } from "#lib/oauth/credentials/model.ts";
import type { FormValues } from "./form-values.ts";
import { HostProposals } from "./host-proposals.tsx";
import { authorizationWords } from "./words.ts";

type Props = { credentials: AssignableCredential[]; canAllowHosts: boolean; passwordSetAt: string | null };

/** The Authorization dropdown and what it asks for: user and password, or the name of a credential. */
export function AuthorizationFields({ credentials, canAllowHosts, passwordSetAt }: Props) {
  const kind = useFormContext<FormValues>().watch("authorization.kind");
  return (
    <div className="grid gap-4">
      <ChoiceField
        name="authorization.kind"
        label={labels.authorization}
        options={toOptions(authorizationWords)}
        description="What proves to the service who asks. Credential puts the token of an OAuth2 credential into each request."
      />
      {kind === "basic" && (
        <div className="grid items-start gap-4 sm:grid-cols-2">
          <TextField name="authorization.username" label={labels["authorization.username"]} />
          <SecretInput
            name="authorization.password"
            label={labels["authorization.password"]}
            setAt={passwordSetAt}
            description="It is encrypted here and never shown again."
          />
        </div>
      )}
      {kind === "credential" && <CredentialField credentials={credentials} canAllowHosts={canAllowHosts} />}
    </div>
  );
}

function CredentialField({ credentials, canAllowHosts }: Omit<Props, "passwordSetAt">) {
  const error = useFieldError("authorization.credentialId");
  const chosen = useFormContext<FormValues>().watch("authorization.credentialId");
  const credential = credentials.find(({ id }) => id === chosen);
  const byId = new Map(credentials.map((each) => [each.id, each]));
  return (
    <div>
      <Controller<FormValues, "authorization.credentialId">
        name="authorization.credentialId"
        render={({ field }) => (
          <Select
            {...field}
            value={field.value || null}
            onChange={(id) => field.onChange(id ?? "")}
            label={labels["authorization.credentialId"]}
            description="The credential profile whose token is sent."
            placeholder="Pick a credential"
            data={credentials.map(({ id, name, status }) => ({
              value: id,
              label: name,
              "aria-label": `${name}, ${credentialStatusWords[status]}`,
            }))}
            renderOption={({ option }) => {
              const shown = byId.get(option.value);
              return (
                <span className="flex w-full flex-wrap items-center justify-between gap-2">
                  <span className="wrap-anywhere">{option.label}</span>
                  {shown && (
                    <span className="inline-flex items-center gap-2">
                      {shown.type === "user" && <span className="text-sm text-dimmed">User</span>}
                      <StatusBadge status={shown.status} />
                    </span>
                  )}
                </span>
              );
            }}
            error={error}
            searchable
            allowDeselect={false}
            limit={200}
            maxDropdownHeight={280}
            nothingFoundMessage={
              credentials.length === 0
                ? "There is no credential yet. An admin adds them under Administration > Credentials."
                : "No credential fits"
            }
          />
        )}
      />
      <Remark>
        {credential && (
          <span className="flex flex-wrap items-baseline gap-x-2 gap-y-1">
            <StatusBadge status={credential.status} />
            {credential.status !== "active" && <span className="min-w-0 wrap-anywhere">{credential.statusReason}</span>}
            {credential.type === "user" && (
              <span className="min-w-0 wrap-anywhere">
                Each run sends the own token of the person who starts it, who has to be signed in with this profile.
                Schedules and programs can't use it.
              </span>
            )}
            {credential.allowedHosts.length > 0 && (
              <span className="min-w-0 wrap-anywhere">Allowed destinations: {credential.allowedHosts.join(", ")}</span>
            )}
          </span>
        )}
      </Remark>
      {credential && <HostProposals credential={credential} canAllowHosts={canAllowHosts} />}
    </div>
  );
}
