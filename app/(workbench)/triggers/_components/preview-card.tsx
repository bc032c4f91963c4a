"use client";
import { Loader, Tabs, TextInput } from "@mantine/core";
import { RequestPart } from "#app/_shared/runs/exchange.tsx";
import { Card } from "#app/_ui/card.tsx";
import { Notice } from "#app/_ui/notice.tsx";
import type { Preview } from "../preview.ts";
import { ArgumentsJson } from "./arguments-json.tsx";
import type { RequestKind } from "./request-kind.ts";
import type { usePreview } from "./use-preview.ts";

type Props = {
  kind: RequestKind;
  state: ReturnType<typeof usePreview>;
  samples: Record<string, string>;
  /** Whether the arguments have fields of their own, so that their JSON belongs here. */
  hasDescription: boolean;
  onSample: (name: string, value: string) => void;
};

/** The request as it will be sent, with sample values for the variables that the template names. */
export function PreviewCard({ kind, state, samples, hasDescription, onSample }: Props) {
  const { preview, isLoading } = state;
  const shown = <PreviewedRequest kind={kind} state={state} />;
  return (
    <Card
      title="Preview"
      description="The request as it will be sent. Nothing is sent now, and no token is asked for."
      actions={isLoading && <Loader size="xs" aria-hidden />}
    >
      <div className="grid grid-cols-1 gap-4" aria-busy={isLoading}>
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
        {kind === "soap" && hasDescription ? (
          <Tabs defaultValue="xml" keepMounted={false}>
            <Tabs.List>
              <Tabs.Tab value="xml">XML</Tabs.Tab>
              <Tabs.Tab value="json">JSON</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="xml" pt="sm">
              {shown}
            </Tabs.Panel>
            <Tabs.Panel value="json" pt="sm">
              <p className="m-0 mb-2 text-sm text-dimmed">
                The arguments as programs see them. What is typed or pasted here goes into the fields.
              </p>
              <ArgumentsJson />
            </Tabs.Panel>
          </Tabs>
        ) : (
          shown
        )}
      </div>
    </Card>
  );
}

function PreviewedRequest({ kind, state }: Pick<Props, "kind" | "state">) {
  const { preview, error, isLoading } = state;
  const isEmpty = preview?.request.body === "" && preview.problems.length > 0;
  return (
    <div className="grid grid-cols-1 gap-3">
      <div role="status" className="empty:hidden">
        {error && (
          <Notice tone="warn" title={error.message}>
            {preview && <p className="m-0 text-sm">Below is the last preview that worked.</p>}
          </Notice>
        )}
        {!error && preview && preview.problems.length > 0 && <Problems preview={preview} />}
      </div>
      {preview && !isEmpty ? (
        <RequestPart request={preview.request} />
      ) : (
        !error && !isEmpty && <p className="m-0 text-dimmed">{isLoading ? "Making the preview…" : hints[kind]}</p>
      )}
    </div>
  );
}

const hints: Record<RequestKind, string> = {
  http: "Pick a transport first.",
  soap: "Pick an operation first.",
  raw: "Enter the envelope first.",
};

/** As many as can be read at once. */
const few = 6;

function Problems({ preview: { problems } }: { preview: Preview }) {
  // What a variable will hold is up to the run; only its sample is wrong.
  const isSample = problems.every(({ message }) => message.includes("(from variables."));
  const count = problems.length === 1 ? "One thing does" : `${problems.length} things do`;
  return (
    <Notice tone={isSample ? "info" : "warn"} title={isSample ? "The samples do not fit:" : `${count} not fit yet:`}>
      <ul className="m-0 mt-1 pl-5 text-sm">
        {problems.slice(0, few).map(({ path, message }) => (
          <li key={`${path} ${message}`}>
            {path && <code>{path} </code>}
            {message}
          </li>
        ))}
        {problems.length > few && <li>and {problems.length - few} more</li>}
      </ul>
    </Notice>
  );
}
