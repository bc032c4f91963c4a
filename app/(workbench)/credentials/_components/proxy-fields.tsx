"use client";
import { useFormContext } from "react-hook-form";
import { Card } from "#app/_ui/card.tsx";
import type { CredentialDetail } from "#lib/credentials/model.ts";
import { proxyModes } from "#lib/proxies/model.ts";
import { ChoiceField, SecretInput, TextField } from "./fields.tsx";
import type { FormValues } from "./form-values.ts";
import { HostsField } from "./hosts-field.tsx";
import type { Remarks } from "./remarks.ts";
import { proxyWords } from "./words.ts";

/** How token requests leave. */
export function ProxyFields({ base, remarks }: { base: CredentialDetail | null; remarks: Remarks }) {
  const { watch } = useFormContext<FormValues>();
  const mode = watch("proxy.mode");
  const stored = base?.proxy.mode === "manual" ? base.proxy.passwordSetAt : null;
  return (
    <Card title="Proxy" description="Optional. For the token requests of this credential; a transport has its own.">
      <div className="grid gap-4">
        <ChoiceField
          name="proxy.mode"
          options={proxyModes.map((value) => ({ value, label: proxyWords[value] }))}
          description={
            mode === "environment" ? "HTTP_PROXY, HTTPS_PROXY and NO_PROXY of the portal's processes." : undefined
          }
          remark={remarks.proxy ?? remarks["proxy.mode"]}
        />
        {mode === "manual" && (
          <>
            <TextField name="proxy.url" mono description="http://host:port" remark={remarks["proxy.url"]} />
            <div className="grid items-start gap-4 sm:grid-cols-2">
              <TextField name="proxy.username" description="Optional." remark={remarks["proxy.username"]} />
              <SecretInput
                name="proxy.password"
                setAt={stored}
                description="Optional. Encrypted here, never shown."
                remark={remarks["proxy.password"]}
              />
            </div>
            <HostsField
              name="proxy.bypass"
              description="Optional. Reached directly: hosts such as *.internal, one on each line."
            />
          </>
        )}
      </div>
    </Card>
  );
}
