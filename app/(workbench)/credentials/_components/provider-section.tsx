"use client";
import { useFormContext } from "react-hook-form";
import { AuthorityField } from "#app/_shared/options/authority-field.tsx";
import { FormSection } from "#app/_ui/form-section.tsx";
import { KeyValue } from "#app/_ui/key-value.tsx";
import { commonFields } from "#lib/oauth/credentials/definition.ts";
import { derivedUrls, providerOf } from "#lib/oauth/credentials/endpoint.ts";
import { isSharedTenant } from "#lib/oauth/credentials/entra-url.ts";
import type { CredentialDetail } from "#lib/oauth/credentials/model.ts";
import { optionsOf, wordsOf } from "#lib/platform/definitions/field.ts";
import { ChoiceField, TextField } from "./fields.tsx";
import type { FormValues } from "./form-values.ts";
import { hasRemark, type Remarks } from "./remarks.ts";

type Props = { base: CredentialDetail | null; remarks: Remarks };

const ownFields = ["provider", "trustedCaId", "discoveryUrl", "authorizationUrl", "jwksUrl", "allowedTenants"];

/** The kind of provider, whom to trust there, and URLs that sign-ins need. */
export function ProviderSection({ base, remarks }: Props) {
  const { watch } = useFormContext<FormValues>();
  const [type, endpointUrl, chosen, trustedCaId] = watch(["type", "endpointUrl", "provider", "trustedCaId"]);
  const provider = providerOf({ endpointUrl, provider: chosen });
  return (
    <FormSection
      title="Provider"
      set={[
        `${wordsOf(commonFields.provider)[provider]}${chosen === "" ? " (detected)" : ""}`,
        trustedCaId && "Own certificate authority",
      ]}
      isOpen={hasRemark(remarks, ownFields)}
    >
      <ChoiceField
        name="provider"
        options={[{ value: "", label: "Detect automatically" }, ...optionsOf(commonFields.provider)]}
        description="Override this if your server emulates Entra ID on a different host."
      />
      {type === "user" && <SignInUrls remarks={remarks} />}
      <AuthorityField stored={base} />
    </FormSection>
  );
}

/** The URLs of sign-ins: derived from an Entra endpoint, otherwise entered. */
function SignInUrls({ remarks }: { remarks: Remarks }) {
  const { watch } = useFormContext<FormValues>();
  const [endpointUrl, provider] = watch(["endpointUrl", "provider"]);
  const derived = derivedUrls({ endpointUrl, provider });
  if (derived) {
    return (
      <div>
        <p className="m-0 mb-2 text-sm font-semibold">Derived from Endpoint URL</p>
        <KeyValue
          items={[
            { label: "Authorization URL", value: derived.authorizationUrl },
            { label: "JWKS URL", value: derived.jwksUrl },
            { label: "Issuer", value: derived.issuer ?? "From the discovery document: the tenant is a name" },
          ]}
        />
      </div>
    );
  }
  return (
    <div className="grid items-start gap-4 sm:grid-cols-2">
      <TextField
        name="discoveryUrl"
        mono
        description="Only if it isn't at the default location"
        remark={remarks.discoveryUrl}
      />
      <TextField
        name="authorizationUrl"
        mono
        description="For providers without discovery"
        remark={remarks.authorizationUrl}
      />
      <TextField name="jwksUrl" mono description="Where the provider publishes its keys" remark={remarks.jwksUrl} />
    </div>
  );
}

/** Whose tokens are accepted: the issuer, or the tenants of an Entra endpoint for many tenants. */
export function IssuerField({ remarks }: { remarks: Remarks }) {
  const { watch } = useFormContext<FormValues>();
  const [endpointUrl, provider] = watch(["endpointUrl", "provider"]);
  if (isSharedTenant(endpointUrl)) {
    return (
      <TextField
        name="allowedTenants"
        mono
        placeholder="7c9a4d1e-5b32-4f06-9e8d-2a61c0f3b754"
        description="Tenant IDs allowed to sign in, separated by spaces, or * for all. Tenants control their users' roles, so list only trusted ones."
      />
    );
  }
  if (endpointUrl.trim() === "" || derivedUrls({ endpointUrl, provider })) return null;
  return (
    <TextField
      name="issuer"
      mono
      description="Used for discovery (.well-known/openid-configuration)"
      remark={remarks.issuer}
    />
  );
}
