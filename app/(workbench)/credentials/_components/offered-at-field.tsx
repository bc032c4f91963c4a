"use client";
import { ActionIcon } from "@mantine/core";
import { XIcon } from "lucide-react";
import { useState } from "react";
import { useController, useFormContext } from "react-hook-form";
import { NodePicker } from "#app/_shared/options/node-picker.tsx";
import { useFieldError } from "#app/_ui/form-fields.tsx";
import { credentialLabels as labels } from "#lib/oauth/credentials/definition.ts";
import type { FormValues } from "./form-values.ts";

/** A node by its id and the way to it. */
export type NodeChoice = { id: string; label: string };

/** At which nodes people are offered to sign in with this credential. */
export function OfferedAtField({ nodes }: { nodes: NodeChoice[] }) {
  const { control } = useFormContext<FormValues>();
  const { field } = useController({ control, name: "offeredAt" });
  const [names, setNames] = useState(() => new Map(nodes.map(({ id, label }) => [id, label])));
  const error = useFieldError("offeredAt");
  const add = (id: string | null, label: string) => {
    if (!id || field.value.includes(id)) return;
    setNames(new Map([...names, [id, label]]));
    field.onChange([...field.value, id]);
  };
  return (
    <div data-field="offeredAt">
      <NodePicker
        label={labels.offeredAt}
        description="Nodes (and their children) that offer this sign-in. Empty: all nodes."
        action="nodes.read"
        value={null}
        onChange={add}
        isExcluded={(id) => field.value.includes(id)}
        error={error}
      />
      {field.value.length > 0 && (
        <ul aria-label="Chosen nodes" className="m-0 mt-2 flex list-none flex-wrap gap-2 p-0">
          {field.value.map((id) => (
            <Chosen
              key={id}
              name={names.get(id) ?? "a node"}
              onRemove={() => field.onChange(field.value.filter((other) => other !== id))}
            />
          ))}
        </ul>
      )}
    </div>
  );
}

function Chosen({ name, onRemove }: { name: string; onRemove: () => void }) {
  return (
    <li className="flex items-center gap-1 rounded-sm bg-sunken py-0.5 pr-1 pl-2 text-sm">
      {name}
      <ActionIcon size="sm" variant="subtle" color="gray" aria-label={`Do not offer it at ${name}`} onClick={onRemove}>
        <XIcon size={14} aria-hidden />
      </ActionIcon>
    </li>
  );
}
