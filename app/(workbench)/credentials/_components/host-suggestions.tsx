"use client";
import { Button } from "@mantine/core";
import { PlusIcon } from "lucide-react";
import { useFormContext } from "react-hook-form";
import { isDestinationAllowed, type MissingHost } from "#lib/oauth/credentials/allowed-hosts.ts";
import type { FormValues } from "./form-values.ts";

/** Hosts of the credential's transports that the list in the form doesn't allow, each added with one click. */
export function HostSuggestions({ hosts }: { hosts: MissingHost[] }) {
  const { watch, setValue } = useFormContext<FormValues>();
  const [type, allowedHosts] = watch(["type", "allowedHosts"]);
  const missing = hosts.filter(({ origin }) => !isDestinationAllowed({ type, allowedHosts }, origin));
  if (missing.length === 0) return null;
  return (
    <div className="mt-3 grid gap-2">
      <p className="m-0 text-sm">Transports that use this credential need:</p>
      <div className="flex flex-wrap gap-2">
        {missing.map(({ entry, origin }) => (
          <Button
            key={entry}
            className="max-w-full"
            variant="default"
            size="xs"
            leftSection={<PlusIcon size={14} aria-hidden />}
            onClick={() => setValue("allowedHosts", [...allowedHosts, entry], { shouldDirty: true })}
          >
            Allow {origin}
          </Button>
        ))}
      </div>
    </div>
  );
}
