"use client";
import { Checkbox } from "@mantine/core";
import { useFormContext } from "react-hook-form";
import { Card } from "#app/_ui/card.tsx";
import { ChoiceField, SecretInput, TextField } from "#app/_ui/form-fields.tsx";
import { transportLabels as labels } from "#lib/delivery/transports/definition.ts";
import type { FormValues } from "./form-values.ts";

/** What stands in the header of each envelope: a UsernameToken, addressing, blocks of one's own. */
export function SoapHeaderFields({ passwordSetAt }: { passwordSetAt: string | null }) {
  const { register, watch } = useFormContext<FormValues>();
  const [source, isSecure] = watch(["soap.source", "soap.security.isOn"]);
  return (
    <Card
      title="SOAP headers"
      description="Optional. What each envelope carries in its header; a trigger can add blocks of its own."
    >
      <div className="grid grid-cols-1 gap-4">
        <Checkbox
          {...register("soap.security.isOn")}
          label={labels["soap.security"]}
          description="User name and password in a WS-Security header. It is apart from Authorization, and both may be used."
        />
        {isSecure && (
          <div className="nested-fields">
            <div className="grid grid-cols-1 items-start gap-4 sm:grid-cols-2">
              <TextField name="soap.security.username" label={labels["soap.security.username"]} />
              <SecretInput
                name="soap.security.password"
                label={labels["soap.security.password"]}
                setAt={passwordSetAt}
              />
            </div>
            <ChoiceField
              name="soap.security.passwordType"
              label={labels["soap.security.passwordType"]}
              options={[
                { value: "text", label: "As it is (PasswordText)" },
                { value: "digest", label: "Digest with nonce and time (PasswordDigest)" },
              ]}
            />
            <Checkbox
              {...register("soap.security.mustUnderstand")}
              label={labels["soap.security.mustUnderstand"]}
              description="A service that does not know the header must refuse the call."
            />
            <Checkbox
              {...register("soap.security.addTimestamp")}
              label={labels["soap.security.addTimestamp"]}
              description="When the envelope was made, and until when it holds (wsu:Timestamp)."
            />
          </div>
        )}
        {source !== "raw" && (
          <>
            <Checkbox
              {...register("soap.addressing")}
              label={labels["soap.addressing"]}
              description="To, Action and a message id in the header (WS-Addressing 1.0), for services that ask for them."
            />
            <TextField
              name="soap.headers"
              label={labels["soap.headers"]}
              mono
              rows={{ min: 2, max: 16 }}
              placeholder={'<t:Tenant xmlns:t="urn:example:tenant">7</t:Tenant>'}
              description="Optional. XML of one or more elements, each with its namespace. {{token}} is replaced with the credential's token."
            />
          </>
        )}
      </div>
    </Card>
  );
}
