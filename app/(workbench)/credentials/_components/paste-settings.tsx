"use client";
import { Textarea } from "@mantine/core";
import { useState } from "react";
import { useFormContext } from "react-hook-form";
import { Remark } from "#app/_ui/form-fields.tsx";
import { findEntry } from "#lib/oauth/catalog/catalog.ts";
import { type Filled, fillEntry } from "#lib/oauth/catalog/fill.ts";
import { readPasted } from "#lib/oauth/catalog/read-pasted.ts";
import { completeEndpointUrl } from "#lib/oauth/credentials/entra-url.ts";
import { lookUpProvider } from "../actions.ts";
import type { FormValues } from "./form-values.ts";
import { useFill } from "./use-fill.ts";

/** Fills in the form from pasted settings. They stay in the browser; only a discovery URL is sent, to look it up. */
export function PasteSettings() {
  const fill = useFill();
  const { getValues } = useFormContext<FormValues>();
  const [said, setSaid] = useState<{ text: string; isBad: boolean } | null>(null);
  const sayFilled = (labels: string[]) =>
    setSaid({
      text: labels.length > 0 ? `Filled in: ${labels.join(", ")}.` : "The form has these values already.",
      isBad: false,
    });

  const take = async (text: string) => {
    const pasted = readPasted(text);
    if (!pasted) {
      return setSaid({ text: "No settings found. Paste a discovery URL, JSON, or .env lines.", isBad: true });
    }
    const { endpointUrl } = pasted.values;
    const values: Partial<Filled> = {
      ...pasted.values,
      ...(endpointUrl && { endpointUrl: completeEndpointUrl(endpointUrl, null).url }),
    };
    const labels = fill(values);
    if (!pasted.discoveryUrl) return sayFilled(labels);
    setSaid({ text: "Reading the discovery document…", isBad: false });
    const answer = await lookUpProvider({ kind: "discovery", text: pasted.discoveryUrl });
    if (!answer.ok) return setSaid({ text: answer.error.message, isBad: true });
    const {
      endpointUrl: url,
      issuer,
      discoveryUrl,
    } = fillEntry(findEntry("oidc"), {}, getValues("type"), answer.value);
    sayFilled([...labels, ...fill({ endpointUrl: url, issuer, ...(discoveryUrl && { discoveryUrl }) })]);
  };

  return (
    <div>
      <Textarea
        label="Paste settings"
        description="A discovery URL (read directly, without a proxy), JSON, or .env. Secrets stay in this page until you save."
        rows={2}
        value=""
        autoComplete="off"
        spellCheck={false}
        onPaste={(event) => {
          event.preventDefault();
          void take(event.clipboardData.getData("text"));
        }}
        onChange={(event) => void take(event.currentTarget.value)}
      />
      <Remark bad={said?.isBad}>{said?.text}</Remark>
    </div>
  );
}
