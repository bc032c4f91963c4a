"use client";
import { Loader, TextInput } from "@mantine/core";
import { Card } from "#app/_ui/card.tsx";
import { Notice } from "#app/_ui/notice.tsx";
import { RequestPart } from "../../runs/_components/receipt.tsx";
import type { usePreview } from "./use-preview.ts";

type Props = {
  state: ReturnType<typeof usePreview>;
  samples: Record<string, string>;
  onSample: (name: string, value: string) => void;
};

/** The request as it will be sent, with sample values for the variables that the template names. */
export function PreviewCard({ state, samples, onSample }: Props) {
  const { preview, error, isLoading } = state;
  return (
    <Card
      title="Preview"
      description="The request as it will be sent. Nothing is sent now, and no token is asked for."
      actions={isLoading && <Loader size="xs" aria-hidden />}
    >
      <div className="grid gap-4" aria-busy={isLoading}>
        {preview && preview.variables.length > 0 && (
          <fieldset className="m-0 grid min-w-0 gap-3 border-0 p-0 sm:grid-cols-2">
            <legend className="mb-1 p-0 text-sm font-semibold">Sample values of the variables</legend>
            {preview.variables.map((name) => (
              <TextInput
                key={name}
                label={name}
                value={samples[name] ?? name}
                autoComplete="off"
                onChange={(event) => onSample(name, event.currentTarget.value)}
              />
            ))}
          </fieldset>
        )}
        <div role="status">
          {error && (
            <Notice tone="warn" title={error.message}>
              {preview && <p className="m-0 text-sm">Below is the last preview that worked.</p>}
            </Notice>
          )}
        </div>
        {preview ? (
          <RequestPart request={preview.request} />
        ) : (
          !error && <p className="m-0 text-dimmed">{isLoading ? "Making the preview…" : "Pick a transport first."}</p>
        )}
      </div>
    </Card>
  );
}
