"use client";
import { Button, TextInput } from "@mantine/core";
import { type KeyboardEvent, useState } from "react";
import { useFormContext } from "react-hook-form";
import { CopyButton } from "#app/_ui/copy-button.tsx";
import { Remark } from "#app/_ui/form-fields.tsx";
import { catalog, describeNeeds } from "#lib/oauth/catalog/catalog.ts";
import { type FoundProvider, fillEntry, listMissing } from "#lib/oauth/catalog/fill.ts";
import type { CatalogEntry } from "#lib/oauth/catalog/model.ts";
import { deriveEntraUrls } from "#lib/oauth/credentials/entra-url.ts";
import { lookUpProvider } from "../actions.ts";
import type { FormValues } from "./form-values.ts";
import { PasteSettings } from "./paste-settings.tsx";
import { useFill } from "./use-fill.ts";

/** Providers whose data fills in the form, and a place to paste settings. */
export function ProviderCatalog({ redirectUri }: { redirectUri: string }) {
  const [selected, setSelected] = useState<CatalogEntry | null>(null);
  return (
    <section aria-labelledby="provider-catalog" className="grid content-start gap-3">
      <h2 id="provider-catalog" className="m-0 text-sm font-semibold">
        Start from a provider
      </h2>
      <div className="provider-cards">
        {catalog.map((entry) => (
          <button
            key={entry.id}
            type="button"
            className="provider-card"
            aria-pressed={entry === selected}
            onClick={() => setSelected(entry === selected ? null : entry)}
          >
            {entry.name}
          </button>
        ))}
      </div>
      {selected && <EntryFields key={selected.id} entry={selected} redirectUri={redirectUri} />}
      <PasteSettings />
    </section>
  );
}

type EntryProps = { entry: CatalogEntry; redirectUri: string };

function EntryFields({ entry, redirectUri }: EntryProps) {
  const fill = useFill();
  const { getValues } = useFormContext<FormValues>();
  const [inputs, setInputs] = useState<Record<string, string>>({});
  const [isPending, setIsPending] = useState(false);
  const [said, setSaid] = useState<{ text: string; isBad: boolean } | null>(null);

  const fillIn = async () => {
    const missing = listMissing(entry, inputs);
    if (missing.length > 0) return setSaid({ text: `Enter ${missing.join(" and ")}.`, isBad: true });
    let found: FoundProvider | null = null;
    if (entry.lookup !== "none") {
      setIsPending(true);
      const answer = await lookUpProvider({ kind: entry.lookup, text: inputs[entry.inputs[0]?.name ?? ""] });
      setIsPending(false);
      if (!answer.ok) return setSaid({ text: answer.error.message, isBad: true });
      found = answer.value;
    }
    const labels = fill(fillEntry(entry, inputs, getValues("type"), found));
    const tenant = entry.lookup === "entra" && found ? deriveEntraUrls(found.endpointUrl)?.tenant : undefined;
    const filled = labels.length > 0 ? `Filled in: ${labels.join(", ")}.` : "The form has these values already.";
    setSaid({ text: `${tenant ? `Tenant ID ${tenant}. ` : ""}${filled}`, isBad: false });
  };
  const fillOnEnter = (event: KeyboardEvent) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    void fillIn();
  };

  return (
    <div className="card grid gap-3 p-3">
      {entry.inputs.map(({ name, label, placeholder, description, initial }) => (
        <TextInput
          key={name}
          label={label}
          placeholder={placeholder}
          description={description}
          value={inputs[name] ?? initial ?? ""}
          autoComplete="off"
          spellCheck={false}
          onChange={({ currentTarget }) => setInputs({ ...inputs, [name]: currentTarget.value })}
          onKeyDown={fillOnEnter}
        />
      ))}
      <div>
        <Button
          size="xs"
          variant="light"
          fullWidth
          loading={isPending}
          loaderProps={{ "aria-hidden": true }}
          onClick={() => void fillIn()}
        >
          Fill in the form
        </Button>
        <Remark bad={said?.isBad}>{said?.text}</Remark>
      </div>
      <details className="text-sm">
        <summary className="cursor-pointer">What to ask your IT team for</summary>
        <div className="relative mt-1 pr-8">
          <ul className="m-0 grid gap-1 pl-4">
            {entry.ask.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
          <span className="absolute top-0 right-0">
            <CopyButton value={describeNeeds(entry, redirectUri)} label="Copy what to ask your IT team for" />
          </span>
        </div>
      </details>
      <a className="link text-sm" href={entry.page} target="_blank" rel="noreferrer">
        {entry.name} documentation
      </a>
    </div>
  );
}
