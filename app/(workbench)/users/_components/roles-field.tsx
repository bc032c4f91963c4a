"use client";
import { ActionIcon, Button, NativeSelect } from "@mantine/core";
import { PlusIcon, Trash2Icon } from "lucide-react";
import { useState } from "react";
import { roleOptions, roleWords } from "#app/_shared/accounts/role-words.ts";
import { NodeField } from "#app/_shared/options/node-field.tsx";
import { grantFields, type RoleDetail, userFields } from "#lib/access/accounts/definition.ts";
import type { Role } from "#lib/access/permissions/permissions.ts";
import { labelsOf } from "#lib/platform/definitions/field.ts";

const labels = labelsOf({ ...grantFields, roles: userFields.roles });

type Props = {
  value: RoleDetail[];
  onChange: (value: RoleDetail[]) => void;
  /** Complaints by row. */
  errors?: { role?: string; nodeId?: string }[];
};

/** Roles of a user: each for all nodes or for one node and what is under it. */
export function RolesField({ value, onChange, errors = [] }: Props) {
  // Rows have no id; after one went, the others are built anew, so that none keeps the text of its neighbour.
  const [removed, setRemoved] = useState(0);
  const remove = (index: number) => {
    setRemoved(removed + 1);
    onChange(value.filter((_, at) => at !== index));
  };
  const change = (index: number, part: Partial<RoleDetail>) =>
    onChange(value.map((role, at) => (at === index ? { ...role, ...part } : role)));
  return (
    <fieldset className="m-0 min-w-0 border-0 p-0">
      <legend className="mb-1 p-0 text-sm font-semibold">{labels.roles}</legend>
      <p className="m-0 mb-2 text-sm text-dimmed">
        A role holds for all nodes, or for one node and what is under it. Without a role a user can sign in but sees
        nothing.
      </p>
      <ul className="m-0 grid list-none gap-3 p-0">
        {value.map((role, index) => (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: see above.
            key={`${removed} ${index}`}
            className="grid grid-cols-[1fr_auto] items-start gap-x-2 gap-y-2 sm:grid-cols-[12rem_1fr_auto]"
          >
            <NativeSelect
              label={index === 0 ? labels.role : `${labels.role} ${index + 1}`}
              data={roleOptions}
              value={role.role}
              description={roleWords[role.role].about}
              inputWrapperOrder={["label", "input", "error", "description"]}
              error={errors[index]?.role}
              onChange={(event) => change(index, { role: event.currentTarget.value as Role })}
            />
            <NodeField
              className="col-span-2 row-start-2 sm:col-span-1 sm:row-start-auto"
              label={index === 0 ? labels.nodeId : `Where role ${index + 1} holds`}
              nodeId={role.nodeId}
              nodeName={role.nodeName}
              error={errors[index]?.nodeId}
              onChange={(nodeId) => change(index, { nodeId, nodeName: null })}
            />
            <ActionIcon
              className="mt-6"
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={`Remove role ${index + 1}`}
              onClick={() => remove(index)}
            >
              <Trash2Icon size={18} aria-hidden />
            </ActionIcon>
          </li>
        ))}
      </ul>
      <Button
        className="mt-2"
        size="compact-sm"
        variant="default"
        leftSection={<PlusIcon size={14} aria-hidden />}
        onClick={() => onChange([...value, { role: "operator", nodeId: null, nodeName: null }])}
      >
        Add role
      </Button>
    </fieldset>
  );
}
