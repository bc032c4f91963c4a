"use client";
import { Checkbox } from "@mantine/core";
import { useFormContext } from "react-hook-form";
import { Card } from "#app/_ui/card.tsx";
import { CopyButton } from "#app/_ui/copy-button.tsx";
import { KeyValue } from "#app/_ui/key-value.tsx";
import { credentialLabels as labels } from "#lib/oauth/credentials/definition.ts";
import { derivedUrls } from "#lib/oauth/credentials/endpoint.ts";
import { isSharedTenant } from "#lib/oauth/credentials/entra-url.ts";
import { ClaimFields } from "./claim-fields.tsx";
import { ChoiceField, TextField } from "./fields.tsx";
import type { FormValues } from "./form-values.ts";
import { type NodeChoice, OfferedAtField } from "./offered-at-field.tsx";
import type { Remarks } from "./remarks.ts";

type Props = {
  redirectUri: string;
  nodes: NodeChoice[];
  /** Values of the roles claim that sign-ins brought and that aren't mapped. */
  receivedRoles: string[];
  remarks: Remarks;
};

/** What only User credentials have: where people sign in and what their token says about them. */
export function SignInFields({ redirectUri, nodes, receivedRoles, remarks }: Props) {
  const { register } = useFormContext<FormValues>();
  return (
    <Card title="Sign-in" description="How people sign in with this credential, and what they may do then.">
      <div className="grid gap-4">
        <RedirectUri uri={redirectUri} />
        <ProviderUrlFields remarks={remarks} />
        <ClaimFields remarks={remarks} receivedRoles={receivedRoles} />
        <MfaFields />
        <div className="grid items-start gap-4 sm:grid-cols-2">
          <ChoiceField name="postLogin" description="What the window of the sign-in does when it is done." />
          <ChoiceField name="responseMode" description="How the provider hands its answer to the redirect URI." />
        </div>
        <Checkbox
          {...register("providerLogout")}
          label={labels.providerLogout}
          description="Signing out of Sallyport then ends the session at the provider as well."
        />
        <OfferedAtField nodes={nodes} />
      </div>
    </Card>
  );
}

function MfaFields() {
  const { watch } = useFormContext<FormValues>();
  const isRequired = watch("mfa") === "required";
  return (
    <div className="grid items-start gap-4 sm:grid-cols-2">
      <ChoiceField
        name="mfa"
        description="Required asks the provider for a second factor, and refuses sign-ins whose ID token does not tell of one."
      />
      {isRequired && (
        <>
          <TextField
            name="mfaContext"
            mono
            placeholder="c1"
            description="Entra ID: the id of an authentication context of Conditional Access, since its v2.0 tokens have no amr. Others: acr_values to ask for; may be empty."
          />
          <TextField
            name="mfaMethods"
            mono
            placeholder="mfa otp fido hwk"
            description="Optional. Values of the claim amr that count as a second factor, separated by spaces."
          />
        </>
      )}
    </div>
  );
}

function RedirectUri({ uri }: { uri: string }) {
  return (
    <div className="rounded-sm bg-sunken px-3 py-2 text-sm">
      <p className="m-0 font-semibold">Redirect URI to register at the provider (platform Web)</p>
      <p className="m-0 flex items-center gap-1">
        <code className="wrap-anywhere">{uri}</code>
        <CopyButton value={uri} label="Copy the redirect URI" />
      </p>
    </div>
  );
}

function ProviderUrlFields({ remarks }: { remarks: Remarks }) {
  const { watch } = useFormContext<FormValues>();
  const [endpointUrl, provider] = watch(["endpointUrl", "provider"]);
  const derived = derivedUrls({ endpointUrl, provider });
  if (derived) {
    return (
      <div>
        <p className="m-0 mb-2 text-sm font-semibold">These follow from the endpoint URL</p>
        <KeyValue
          items={[
            { label: "Authorization URL", value: derived.authorizationUrl },
            { label: "JWKS URL", value: derived.jwksUrl },
            { label: "Issuer", value: derived.issuer ?? "Taken from the discovery document: the tenant is a name" },
          ]}
        />
        {isSharedTenant(endpointUrl) && (
          <div className="mt-3">
            <TextField
              name="allowedTenants"
              mono
              placeholder="7c9a4d1e-5b32-4f06-9e8d-2a61c0f3b754"
              description="Ids of the tenants whose people may sign in, separated by spaces; * for every tenant. Each tenant decides itself which roles its people have, so name those that you trust."
            />
          </div>
        )}
      </div>
    );
  }
  return (
    <div className="grid items-start gap-4 sm:grid-cols-2">
      <TextField name="issuer" mono description="Its discovery document tells the rest." remark={remarks.issuer} />
      <TextField
        name="discoveryUrl"
        mono
        description="Optional. When it is not at the usual place below the issuer."
        remark={remarks.discoveryUrl}
      />
      <TextField
        name="authorizationUrl"
        mono
        description="Optional. For providers without discovery, with the JWKS URL."
        remark={remarks.authorizationUrl}
      />
      <TextField
        name="jwksUrl"
        mono
        description="Optional. Where the provider publishes its keys."
        remark={remarks.jwksUrl}
      />
    </div>
  );
}
