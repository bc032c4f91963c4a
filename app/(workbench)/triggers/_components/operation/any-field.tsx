"use client";
import { Textarea } from "@mantine/core";
import { useId } from "react";
import type { Path } from "./argument-values.ts";
import { useOperationForm } from "./context.ts";
import { FieldHead } from "./field-head.tsx";

/** XML for the place where a schema allows any element. */
export function AnyField({ path, value, isOptional }: { path: Path; value: unknown; isOptional: boolean }) {
  const { update, problemAt } = useOperationForm();
  const id = useId();
  const text = Array.isArray(value) ? value.join("\n") : ((value as string | undefined) ?? "");
  return (
    <div>
      <FieldHead id={id} name="any XML" hint={isOptional ? "optional" : undefined} />
      <Textarea
        id={id}
        autosize
        minRows={2}
        maxRows={12}
        classNames={{ input: "font-mono" }}
        spellCheck={false}
        value={text}
        error={problemAt(path, text)}
        onChange={(event) => update(path, event.currentTarget.value || undefined)}
      />
    </div>
  );
}
