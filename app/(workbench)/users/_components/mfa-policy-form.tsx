"use client";
import { Checkbox } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { roleWords } from "#app/_shared/accounts/role-words.ts";
import { ActionErrorAlert, type ShownError } from "#app/_ui/action-error.tsx";
import { callAction } from "#app/_ui/call-action.ts";
import { FormActions } from "#app/_ui/form-actions.tsx";
import { UnsavedChangesGuard } from "#app/_ui/unsaved-changes-guard.tsx";
import type { Role } from "#lib/access/permissions/permissions.ts";
import type { RoleDemand } from "#lib/access/sessions/mfa-policy.ts";
import { saveMfaPolicy } from "../actions.ts";

/** Ticks the roles that demand a second factor; says beside each whom that concerns. */
export function MfaPolicyForm({ roles }: { roles: RoleDemand[] }) {
  const router = useRouter();
  const initial = roles.filter(({ demanded }) => demanded).map(({ role }) => role);
  const [chosen, setChosen] = useState<Role[]>(initial);
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<ShownError | null>(null);
  const dirty = roles.some(({ role, demanded }) => demanded !== chosen.includes(role));

  async function submit(event: FormEvent) {
    event.preventDefault();
    setPending(true);
    setError(null);
    const result = await callAction(saveMfaPolicy, { requiredFor: chosen });
    setPending(false);
    if (!result.ok) return setError(result.error);
    notifications.show({ message: "Saved which roles demand a second factor.", color: "green" });
    router.refresh();
  }
  const toggle = (role: Role, checked: boolean) =>
    setChosen(checked ? [...chosen, role] : chosen.filter((each) => each !== role));

  return (
    <form onSubmit={submit} className="grid gap-4">
      <UnsavedChangesGuard dirty={dirty && !pending} />
      <ActionErrorAlert error={error} />
      <p className="m-0">
        Whoever holds a ticked role and has not shown a second factor in the session reaches only the Account page, from
        the next click on, and can set one up there or sign in again with one. API keys are not concerned.
      </p>
      {roles.map((demand) => (
        <Checkbox
          key={demand.role}
          label={roleWords[demand.role].label}
          description={tellWhom(demand)}
          checked={chosen.includes(demand.role)}
          onChange={(event) => toggle(demand.role, event.currentTarget.checked)}
        />
      ))}
      <FormActions pending={pending} saveLabel="Save" cancelHref="/users" />
    </form>
  );
}

function tellWhom({ holders, without }: RoleDemand): string {
  if (holders === 0) return "No local account holds it.";
  const accounts = holders === 1 ? "1 local account holds it" : `${holders} local accounts hold it`;
  if (without === 0) return `${accounts}, each with a second factor.`;
  if (holders === 1) return `${accounts}, without a second factor.`;
  return `${accounts}, ${without} of them without a second factor.`;
}
