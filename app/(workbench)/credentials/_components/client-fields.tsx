"use client";
import { Checkbox } from "@mantine/core";
import Link from "next/link";
import { useFormContext } from "react-hook-form";
import { Card } from "#app/_ui/card.tsx";
import { KeyPairFields } from "#app/_ui/key-pair-fields.tsx";
import {
  type ClientAuthentication,
  clientAuthenticationMethods,
  usesKey,
  usesSecret,
} from "#lib/oauth/client-authentication/registry.ts";
import { credentialLabels as labels } from "#lib/oauth/credentials/definition.ts";
import { providerOf } from "#lib/oauth/credentials/endpoint.ts";
import type { CredentialDetail } from "#lib/oauth/credentials/model.ts";
import { ChoiceField, SecretInput, TextField } from "./fields.tsx";
import type { FormValues } from "./form-values.ts";
import type { Remarks } from "./remarks.ts";

const guid = /^\s*[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\s*$/i;

/** The client at the provider: its id and how it proves itself. */
export function ClientFields({ base, remarks }: { base: CredentialDetail | null; remarks: Remarks }) {
  const { watch, register, formState } = useFormContext<FormValues>();
  const [type, authentication, presentCertificate, secret, url, chosen] = watch([
    "type",
    "clientAuthentication",
    "presentCertificate",
    "clientSecret",
    "endpointUrl",
    "provider",
  ]);
  const isEntra = providerOf({ endpointUrl: url, provider: chosen }) === "entra";
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
        <ChoiceField name="clientAuthentication" remark={remarks.clientAuthentication} />
        {usesSecret({ clientAuthentication: authentication }) && (
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
        {!isEntra && !clientAuthenticationMethods[authentication].isMutualTls && (
          <Checkbox
            {...register("presentCertificate")}
            label={labels.presentCertificate}
            description="For token endpoints that demand a client certificate beside the client authentication (mutual TLS)."
            error={formState.errors.presentCertificate?.message}
          />
        )}
        {usesKey({ clientAuthentication: authentication, presentCertificate }) && (
          <KeyPairFields
            setAt={base?.privateKeySetAt ?? null}
            certificateDescription={describeCertificate(authentication, isEntra)}
            remarks={remarks}
          />
        )}
        {base && (
          <p className="m-0 text-sm text-dimmed">
            Saving replaces a secret at once. To test the next one before,{" "}
            <Link className="link underline" href={`/credentials/${base.id}/stage`}>
              stage it
            </Link>
            .
          </p>
        )}
        <TextField
          name="secretExpiresOn"
          type="date"
          description={
            usesSecret({ clientAuthentication: authentication })
              ? "Optional. From 30 days before, the status says Expiring."
              : "For a key without its certificate: the end of a certificate is read from it."
          }
          remark={remarks.secretExpiresOn}
        />
      </div>
    </Card>
  );
}

function describeCertificate(authentication: ClientAuthentication, isEntra: boolean): string {
  if (isEntra) return "PEM. The one that is uploaded at Entra ID.";
  if (authentication === "private_key_jwt") return "PEM. Optional: with it the end and the thumbprints are known.";
  return "PEM. The one that the provider knows; certificates of its issuers may follow it.";
}
