"use client";
import { Checkbox } from "@mantine/core";
import { useFormContext } from "react-hook-form";
import { CopyButton } from "#app/_ui/copy-button.tsx";
import { FormSection } from "#app/_ui/form-section.tsx";
import { credentialLabels as labels, userFields } from "#lib/oauth/credentials/definition.ts";
import { wordsOf } from "#lib/platform/definitions/field.ts";
import { ClaimsSourceField } from "./claim-fields.tsx";
import { ChoiceField, TextField } from "./fields.tsx";
import type { FormValues } from "./form-values.ts";
import { type NodeChoice, OfferedAtField } from "./offered-at-field.tsx";
import { hasRemark, type Remarks } from "./remarks.ts";

/** The redirect URI to register with the provider. */
export function RedirectUri({ uri }: { uri: string }) {
  return (
    <div className="rounded-sm bg-sunken px-3 py-1.5 text-sm">
      <p className="m-0 font-semibold">Redirect URI (register as platform “Web”)</p>
      <p className="m-0 flex items-center gap-1">
        <code className="wrap-anywhere">{uri}</code>
        <CopyButton value={uri} label="Copy the redirect URI" />
      </p>
    </div>
  );
}

const ownFields = ["claimsSource", "mfa", "mfaContext", "mfaMethods", "postLogin", "responseMode", "offeredAt"];

/** How users sign in with the credential. */
export function SignInSection({ nodes, remarks }: { nodes: NodeChoice[]; remarks: Remarks }) {
  const { register, watch } = useFormContext<FormValues>();
  const [source, mfa, offeredAt, logsOut] = watch(["claimsSource", "mfa", "offeredAt", "providerLogout"]);
  const nodeCount = `${offeredAt.length} ${offeredAt.length === 1 ? "node" : "nodes"}`;
  return (
    <FormSection
      title="Sign-in"
      set={[
        `Claims from ${wordsOf(userFields.claimsSource)[source]}`,
        mfa === "required" && "MFA required",
        logsOut && labels.providerLogout,
        offeredAt.length > 0 ? nodeCount : "All nodes",
      ]}
      isOpen={hasRemark(remarks, ownFields)}
    >
      <ClaimsSourceField />
      <MfaFields />
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <ChoiceField name="postLogin" description="When sign-in completes" />
        <ChoiceField name="responseMode" description="How the provider returns the response" />
      </div>
      <Checkbox
        {...register("providerLogout")}
        label={labels.providerLogout}
        description="Signing out of Sallyport also ends the session at the provider."
      />
      <OfferedAtField nodes={nodes} />
    </FormSection>
  );
}

function MfaFields() {
  const { watch } = useFormContext<FormValues>();
  const isRequired = watch("mfa") === "required";
  return (
    <div className="grid items-start gap-4 sm:grid-cols-2">
      <ChoiceField
        name="mfa"
        description="Required: requests MFA at the provider, and rejects sign-ins without proof of it in the ID token."
      />
      {isRequired && (
        <>
          <TextField
            name="mfaContext"
            mono
            placeholder="c1"
            description="Entra ID: the ID of a Conditional Access authentication context. Other providers: acr_values (optional)."
          />
          <TextField
            name="mfaMethods"
            mono
            placeholder="mfa otp fido hwk"
            description="Values of the amr claim that are accepted as MFA, separated by spaces"
          />
        </>
      )}
    </div>
  );
}
