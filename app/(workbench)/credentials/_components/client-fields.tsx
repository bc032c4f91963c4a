"use client";
import { Checkbox } from "@mantine/core";
import Link from "next/link";
import { useFormContext } from "react-hook-form";
import { FormSection } from "#app/_ui/form-section.tsx";
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
import { hasRemark, type Remarks } from "./remarks.ts";

const guid = /^\s*[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\s*$/i;

type Props = { base: CredentialDetail | null; remarks: Remarks };

/** The client at the provider: its ID and secret. */
export function ClientFields({ base, remarks }: Props) {
  const { watch } = useFormContext<FormValues>();
  const [type, clientAuthentication, secret, endpointUrl, provider] = watch([
    "type",
    "clientAuthentication",
    "clientSecret",
    "endpointUrl",
    "provider",
  ]);
  const isEntra = providerOf({ endpointUrl, provider }) === "entra";
  const looksLikeId = isEntra && secret !== undefined && guid.test(secret);
  return (
    <div className="grid items-start gap-4 sm:grid-cols-2">
      <TextField
        name="clientId"
        mono
        required
        remark={remarks.clientId}
        description={isEntra ? "Application (client) ID" : "From the app registration"}
      />
      {usesSecret({ clientAuthentication }) && (
        <SecretInput
          name="clientSecret"
          setAt={base?.clientSecretSetAt ?? null}
          required={type === "application"}
          description={type === "user" ? "Encrypted. Leave empty for a public client." : "Encrypted; never shown again"}
          remark={
            looksLikeId
              ? "This looks like the Secret ID. Enter the secret's Value. Entra ID shows it only once, when the secret is created."
              : remarks.clientSecret
          }
        />
      )}
    </div>
  );
}

const ownFields = [
  "clientAuthentication",
  "presentCertificate",
  "privateKey",
  "certificate",
  "passphrase",
  "secretExpiresOn",
];

/** How the client authenticates, and when its secret or certificate expires. */
export function ClientAuthenticationSection({ base, remarks }: Props) {
  const { watch, register, formState } = useFormContext<FormValues>();
  const [authentication, presentCertificate, endpointUrl, provider, expires] = watch([
    "clientAuthentication",
    "presentCertificate",
    "endpointUrl",
    "provider",
    "secretExpiresOn",
  ]);
  const isEntra = providerOf({ endpointUrl, provider }) === "entra";
  const sendsSecret = usesSecret({ clientAuthentication: authentication });
  const sendsKey = usesKey({ clientAuthentication: authentication, presentCertificate });
  const { label, isMutualTls } = clientAuthenticationMethods[authentication];
  return (
    <FormSection
      title="Client authentication"
      set={[label, presentCertificate && !isMutualTls && "Certificate in TLS", expires && `Expires on ${expires}`]}
      isOpen={hasRemark(remarks, ownFields)}
    >
      <ChoiceField name="clientAuthentication" remark={remarks.clientAuthentication} />
      {!isEntra && !isMutualTls && (
        <Checkbox
          {...register("presentCertificate")}
          label={labels.presentCertificate}
          description="For token endpoints that also require a client certificate (mutual TLS)"
          error={formState.errors.presentCertificate?.message}
        />
      )}
      {sendsKey && (
        <KeyPairFields
          setAt={base?.privateKeySetAt ?? null}
          certificateDescription={describeCertificate(authentication, isEntra)}
          remarks={remarks}
        />
      )}
      <TextField
        name="secretExpiresOn"
        type="date"
        description={
          sendsSecret
            ? "The status changes to Expiring 30 days before."
            : "Only for a key without a certificate. Otherwise, the certificate's expiry date is used."
        }
        remark={remarks.secretExpiresOn}
      />
      {base && (
        <p className="m-0 text-sm text-dimmed">
          Saving replaces the secret immediately. To test the next one first,{" "}
          <Link className="link underline" href={`/credentials/${base.id}/stage`}>
            stage it
          </Link>
          .
        </p>
      )}
    </FormSection>
  );
}

function describeCertificate(authentication: ClientAuthentication, isEntra: boolean): string {
  if (isEntra) return "PEM. The certificate that you uploaded to Entra ID.";
  if (authentication === "private_key_jwt")
    return "PEM (optional). Lets Sallyport show its expiry date and thumbprints.";
  return "PEM. The certificate that the provider knows. Its issuers' certificates can follow it.";
}
