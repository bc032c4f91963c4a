"use client";
import { useFormContext } from "react-hook-form";
import { Card } from "#app/_ui/card.tsx";
import { providerOfEndpoint } from "#lib/credentials/endpoint.ts";
import type { CredentialDetail } from "#lib/credentials/model.ts";
import { clientAuthentications } from "#lib/credentials/model.ts";
import { ChoiceField, SecretInput, TextField } from "./fields.tsx";
import type { FormValues } from "./form-values.ts";
import type { Remarks } from "./remarks.ts";
import { authenticationWords } from "./words.ts";

const guid = /^\s*[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\s*$/i;

/** The client at the provider: its id and how it proves itself. */
export function ClientFields({ base, remarks }: { base: CredentialDetail | null; remarks: Remarks }) {
  const { watch } = useFormContext<FormValues>();
  const [type, authentication, secret, url, chosen] = watch([
    "type",
    "clientAuthentication",
    "clientSecret",
    "endpointUrl",
    "provider",
  ]);
  const usesKey = authentication === "private_key_jwt";
  const isEntra = (chosen || providerOfEndpoint(url)) === "entra";
  const looksLikeId = isEntra && secret !== undefined && guid.test(secret);
  return (
    <Card title="Client" description="As registered at the identity provider; your IT team has these.">
      <div className="grid gap-4">
        <TextField
          name="clientId"
          mono
          remark={remarks.clientId}
          description={isEntra ? "Application (client) ID." : undefined}
        />
        <ChoiceField
          name="clientAuthentication"
          options={clientAuthentications.map((value) => ({ value, label: authenticationWords[value] }))}
          remark={remarks.clientAuthentication}
        />
        {usesKey ? (
          <>
            <SecretInput
              name="privateKey"
              multiline
              setAt={base?.privateKeySetAt ?? null}
              description="PEM, without passphrase. It is encrypted here and never shown again."
              remark={remarks.privateKey}
            />
            <TextField
              name="certificate"
              multiline
              mono
              description={`PEM. ${isEntra ? "The one that is uploaded at Entra ID." : "Optional."}`}
              remark={remarks.certificate}
            />
          </>
        ) : (
          <SecretInput
            name="clientSecret"
            setAt={base?.clientSecretSetAt ?? null}
            description={`It is encrypted here and never shown again.${type === "user" ? " Empty for a public client." : ""}`}
            remark={
              looksLikeId
                ? "This looks like the Secret ID. Entra ID wants the secret's Value, which it shows only once, right after the secret was made."
                : remarks.clientSecret
            }
          />
        )}
        <TextField
          name="secretExpiresOn"
          type="date"
          description="Optional. From 30 days before, the status says Expiring."
          remark={remarks.secretExpiresOn}
        />
      </div>
    </Card>
  );
}
