"use client";
import { TextInput } from "@mantine/core";
import { SearchIcon } from "lucide-react";
import Link from "next/link";
import { useId, useState } from "react";
import { sortNames } from "#app/_ui/sort-names.ts";

type Props = {
  operations: string[];
  /** Where a trigger is added, null for who may not. */
  newTriggerHref: string | null;
};

/** With more than this there is a field to search in them. */
const few = 8;

/** The operations of the chosen port; each leads to a new trigger that calls it. */
export function OperationList({ operations, newTriggerHref }: Props) {
  const [text, setText] = useState("");
  const id = useId();
  const fitting = sortNames(operations).filter((name) => name.toLowerCase().includes(text.trim().toLowerCase()));
  return (
    <section aria-labelledby={id}>
      <h3 id={id} className="m-0 text-sm font-semibold">
        {operations.length === 1 ? "1 operation" : `${operations.length} operations`}
      </h3>
      {operations.length > few && (
        <TextInput
          className="mt-2"
          aria-label="Search the operations"
          placeholder="Search the operations"
          leftSection={<SearchIcon size={16} aria-hidden />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      )}
      <div role="status" className="text-sm text-dimmed [&:not(:empty)]:mt-2">
        {text !== "" && `${fitting.length} of ${operations.length} fit`}
      </div>
      {fitting.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1).
        <section tabIndex={0} className="operation-list" aria-label="Operations">
          <ul className="m-0 list-none p-0">
            {fitting.map((name) => (
              <li key={name} className="flex flex-wrap items-center justify-between gap-x-3 py-1">
                <code className="wrap-anywhere">{name}</code>
                {newTriggerHref && (
                  <Link
                    className="link text-sm"
                    href={`${newTriggerHref}&operation=${encodeURIComponent(name)}`}
                    aria-label={`New trigger for ${name}`}
                    prefetch={false}
                  >
                    New trigger
                  </Link>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
    </section>
  );
}
