"use client";
import { Button } from "@mantine/core";
import { useFormContext } from "react-hook-form";
import { Card } from "#app/_ui/card.tsx";
import { SecretInput } from "#app/_ui/form-fields.tsx";
import { channelLabels } from "#lib/oversight/alerts/definition.ts";
import { channelKinds } from "#lib/oversight/alerts/kinds.ts";
import type { FormValues, SectionProps } from "./form-values.ts";

/** A webhook's URL, and the secret that it is signed with. */
export function UrlSection({ kind, channel }: SectionProps) {
  const { label, urlHint, secretLabel } = channelKinds[kind];
  const { setValue } = useFormContext<FormValues>();
  return (
    <Card title={label}>
      <div className="grid gap-4">
        <SecretInput
          name="url"
          label={channelLabels.url}
          setAt={channel?.urlSetAt ?? null}
          description={`${urlHint} Anyone who knows the URL can post to it, so Sallyport encrypts it and never shows it again.`}
        />
        {secretLabel && (
          <div className="grid justify-items-start gap-2">
            <div className="w-full">
              <SecretInput
                name="secret"
                label={secretLabel}
                setAt={channel?.secretSetAt ?? null}
                description="What the receiver checks the signature with: whsec_ and base64. Copy it before you save."
              />
            </div>
            <Button
              variant="default"
              size="compact-sm"
              onClick={() => setValue("secret", makeSigningSecret(), { shouldDirty: true })}
            >
              Generate
            </Button>
          </div>
        )}
      </div>
    </Card>
  );
}

function makeSigningSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return `whsec_${btoa(String.fromCharCode(...bytes))}`;
}
