"use client";
import { Button, TextInput } from "@mantine/core";
import { useClock } from "./clock.tsx";
import { toLocalInput } from "./local-time.ts";
import { useUrlChange } from "./use-url-change.ts";

type Props = {
  from: string | undefined;
  to: string | undefined;
  /** Names of the two parameters in the URL. */
  names?: { from: string; to: string };
  /** Buttons for the latest hour and so on. */
  hasSpans?: boolean;
};

const hour = 3_600_000;
const spans = [
  { label: "Last hour", ms: hour },
  { label: "24 hours", ms: 24 * hour },
  { label: "7 days", ms: 168 * hour },
];

/** From and to, entered in the browser's time zone and kept in the URL as instants. */
export function TimeFilter({ from, to, names = { from: "from", to: "to" }, hasSpans = true }: Props) {
  const apply = useUrlChange();
  const { timeZone } = useClock();
  const enter = (name: "from" | "to", local: string) => {
    const at = new Date(local);
    const value = Number.isNaN(at.getTime()) ? "" : at.toISOString();
    const before = name === "from" ? from : to;
    if (toLocalInput(value, timeZone) !== toLocalInput(before, timeZone)) apply({ [names[name]]: value });
  };
  const field = (name: "from" | "to", label: string, value: string | undefined) => (
    <TextInput
      key={`${name} ${value} ${timeZone}`}
      type="datetime-local"
      className="min-w-48 grow sm:grow-0"
      label={label}
      defaultValue={toLocalInput(value, timeZone)}
      // Not while typing: each part of the time would send the page elsewhere.
      onBlur={(event) => enter(name, event.currentTarget.value)}
      onKeyDown={(event) => event.key === "Enter" && enter(name, event.currentTarget.value)}
    />
  );
  return (
    <fieldset className="m-0 mb-3 flex flex-wrap items-end gap-3 border-0 p-0 print:hidden">
      <legend className="sr-only">Time</legend>
      {field("from", "From", from)}
      {field("to", "Before", to)}
      {hasSpans && (
        <div className="flex flex-wrap gap-1">
          {spans.map(({ label, ms }) => (
            <Button
              key={label}
              variant="default"
              onClick={() => apply({ [names.from]: new Date(Date.now() - ms).toISOString(), [names.to]: "" })}
            >
              {label}
            </Button>
          ))}
          {(from || to) && (
            <Button variant="subtle" onClick={() => apply({ [names.from]: "", [names.to]: "" })}>
              Any time
            </Button>
          )}
        </div>
      )}
    </fieldset>
  );
}
