"use client";
import { ActionIcon, Button, NativeSelect, TextInput } from "@mantine/core";
import { PlusIcon, Trash2Icon } from "lucide-react";
import { Controller, useFieldArray, useFormContext } from "react-hook-form";
import { NodeField } from "#app/_shared/options/node-field.tsx";
import { useFieldError } from "#app/_ui/form-fields.tsx";
import { roles } from "#lib/access/permissions/permissions.ts";
import { credentialLabels as labels } from "#lib/oauth/credentials/definition.ts";
import type { FormValues } from "./form-values.ts";

/**
 * Maps values of the roles claim to roles.
 * @param received values that sign-ins brought and no line has yet; each is added with one click.
 */
export function RoleMappingField({ received }: { received: string[] }) {
  const { control } = useFormContext<FormValues>();
  const { fields, append, remove } = useFieldArray({ control, name: "roleMapping" });
  return (
    <fieldset className="m-0 min-w-0 border-0 p-0">
      <legend className="p-0 text-sm font-semibold">{labels.roleMapping}</legend>
      <p className="m-0 text-xs text-dimmed">
        Maps values of the roles claim to Sallyport roles. Users with no match get the default role.
      </p>
      {fields.map((field, index) => (
        <Row key={field.id} index={index} onRemove={() => remove(index)} />
      ))}
      <Button
        className="mt-2"
        size="compact-sm"
        variant="default"
        leftSection={<PlusIcon size={14} aria-hidden />}
        onClick={() => append({ claimValue: "", role: "operator", nodeId: null })}
      >
        Add mapping
      </Button>
      <ReceivedRoles
        received={received}
        onAdd={(claimValue) => append({ claimValue, role: "operator", nodeId: null })}
      />
    </fieldset>
  );
}

function ReceivedRoles({ received, onAdd }: { received: string[]; onAdd: (claimValue: string) => void }) {
  const { watch } = useFormContext<FormValues>();
  const mapped = watch("roleMapping").map(({ claimValue }) => claimValue);
  const open = received.filter((value) => !mapped.includes(value));
  if (open.length === 0) return null;
  return (
    <div className="mt-3">
      <p className="m-0 mb-1 text-xs text-dimmed">Received in sign-ins, without a role:</p>
      <div className="flex flex-wrap gap-2">
        {open.map((value) => (
          <Button
            key={value}
            size="compact-sm"
            variant="default"
            leftSection={<PlusIcon size={14} aria-hidden />}
            onClick={() => onAdd(value)}
          >
            Map {value}
          </Button>
        ))}
      </div>
    </div>
  );
}

function Row({ index, onRemove }: { index: number; onRemove: () => void }) {
  const { register } = useFormContext<FormValues>();
  const error = useFieldError(`roleMapping.${index}.claimValue`);
  const line = index + 1;
  return (
    <div className="mt-2 flex flex-wrap items-start gap-2">
      <TextInput
        className="min-w-28 grow basis-28"
        aria-label={`Claim value ${line}`}
        placeholder="Plant7.Operators"
        {...register(`roleMapping.${index}.claimValue`)}
        error={error}
      />
      <NativeSelect
        aria-label={`Role ${line}`}
        data={roles.map((role) => ({ value: role, label: role }))}
        {...register(`roleMapping.${index}.role`)}
      />
      <GrantNodeField name={`roleMapping.${index}.nodeId`} label={`Node ${line}`} />
      <ActionIcon
        className="mt-1"
        variant="subtle"
        color="gray"
        aria-label={`Remove mapping ${line}`}
        onClick={onRemove}
      >
        <Trash2Icon size={16} aria-hidden />
      </ActionIcon>
    </div>
  );
}

type NodeName = `roleMapping.${number}.nodeId` | "defaultRole.nodeId";

/** Where a role applies: everywhere, or in one node and its child nodes. */
export function GrantNodeField({ name, label }: { name: NodeName; label: string }) {
  const { control } = useFormContext<FormValues>();
  const error = useFieldError(name);
  return (
    <Controller
      control={control}
      name={name}
      render={({ field }) => (
        <NodeField
          className="min-w-28 grow basis-28"
          aria-label={label}
          nodeId={field.value}
          onChange={field.onChange}
          onBlur={field.onBlur}
          error={error}
        />
      )}
    />
  );
}
