"use client";
import { Checkbox } from "@mantine/core";
import { useFormContext } from "react-hook-form";
import { Notice } from "#app/_ui/notice.tsx";
import { explainHost, explainRequest, listMissingHosts } from "#lib/oauth/credentials/allowed-hosts.ts";
import type { AssignableCredential } from "#lib/oauth/credentials/model.ts";
import { type FormValues, listTokenUrls } from "./form-values.ts";

type Props = { credential: AssignableCredential; canAllowHosts: boolean };

/** The hosts that the credential doesn't allow yet: admins confirm them, other users see what to ask for. */
export function HostProposals({ credential, canAllowHosts }: Props) {
  const { watch, setValue, clearErrors } = useFormContext<FormValues>();
  const values = watch();
  const missing = listMissingHosts(credential, listTokenUrls(values));
  const toggle = (entry: string, isAllowed: boolean) => {
    const others = values.allowHosts.filter((each) => each !== entry);
    setValue("allowHosts", isAllowed ? [...others, entry] : others, { shouldDirty: true });
    clearErrors(["authorization.credentialId", "soap.wsdlUrl", "http.url"]);
  };
  return (
    <div role="status" className="grid gap-2 not-empty:mt-3">
      {missing.map(({ entry, origin }) => (
        <Notice key={entry} tone="warn" title={explainHost(credential.name, origin)}>
          {canAllowHosts ? (
            <Checkbox
              className="mt-2"
              label={`Allow ${origin}`}
              description={describeAllowed(credential)}
              checked={values.allowHosts.includes(entry)}
              onChange={(event) => toggle(entry, event.currentTarget.checked)}
            />
          ) : (
            explainRequest(credential.name, entry)
          )}
        </Notice>
      ))}
    </div>
  );
}

function describeAllowed({ allowedHosts }: AssignableCredential): string {
  const now = allowedHosts.length === 0 ? "none yet" : allowedHosts.join(", ");
  return `Save adds it to the credential's allowed destinations (${now}).`;
}
