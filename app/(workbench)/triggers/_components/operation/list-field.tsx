"use client";
import { ActionIcon, Button } from "@mantine/core";
import { ArrowDownIcon, ArrowUpIcon, PlusIcon, Trash2Icon } from "lucide-react";
import { useId, useRef, useState } from "react";
import type { ElementNode } from "#lib/delivery/soap/model.ts";
import { listValues } from "#lib/delivery/soap/values.ts";
import { blankItem, type Path } from "./argument-values.ts";
import { useOperationForm } from "./context.ts";
import { FieldHead } from "./field-head.tsx";
import { TemplateInput } from "./template-input.tsx";
import { VariableButton } from "./variable-button.tsx";

type Props = {
  path: Path;
  node: ElementNode;
  value: unknown;
  isOptional: boolean;
  /** What one of them is called, else as the element. */
  itemName?: string;
};

/** Items that are shown at once. */
const step = 50;

/** An element that may stand several times: add, remove, move; or a variable that holds the list. */
export function ListField({ path, node, value, isOptional, itemName = node.name }: Props) {
  const { types, update, problemAt, OneElement } = useOperationForm();
  const [shown, setShown] = useState(step);
  const [said, setSaid] = useState("");
  const box = useRef<HTMLFieldSetElement>(null);
  const id = useId();
  // What was typed of a template so far is text, too.
  const asTemplate = typeof value === "string";
  const items = asTemplate ? [] : listValues(value);
  const isFull = node.max !== null && items.length >= node.max;
  const error = problemAt(path, items.length === 0 ? "" : value);
  const focus = (selector: string) =>
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(selector)?.focus());

  const set = (next: unknown[]) => update(path, next.length === 0 && isOptional ? undefined : next);
  const add = () => {
    set([...items, blankItem(types, node)]);
    setShown(Math.max(shown, items.length + 1));
    setSaid(`${itemName} ${items.length + 1} added`);
    focus(`[data-item="${items.length}"] :is(input:not([type=checkbox]), select, textarea)`);
  };
  const remove = (index: number) => {
    set(items.filter((_, at) => at !== index));
    setSaid(`${itemName} ${index + 1} removed`);
    focus("[data-add]");
  };
  const move = (index: number, by: 1 | -1) => {
    const next = [...items];
    const [taken] = next.splice(index, 1);
    next.splice(index + by, 0, taken);
    set(next);
    setSaid(`${itemName} ${index + 1} is number ${index + by + 1} now`);
    focus(
      `[data-item="${index + by}"] [data-move="${by}"]:not(:disabled), [data-item="${index + by}"] [data-move]:not(:disabled)`,
    );
  };
  return (
    <fieldset ref={box} className="argument-group" aria-label={node.name}>
      <FieldHead id={asTemplate ? id : null} name={node.name} hint={describeOccurs(node)}>
        <VariableButton
          of={`the list ${node.name}`}
          isOn={asTemplate}
          onToggle={() =>
            update(path, asTemplate ? (isOptional ? undefined : [blankItem(types, node)]) : "{{variables.}}")
          }
        />
      </FieldHead>
      {asTemplate && <TemplateInput id={id} value={value} onChange={(text) => update(path, text)} />}
      {error && (
        <p role="alert" className="m-0 text-sm text-bad">
          {error}
        </p>
      )}
      {items.slice(0, shown).map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: items have no identity of their own; all they show is in their values.
        <div key={index} data-item={index} className="argument-item">
          <OneElement
            path={[...path, index]}
            node={asItem(node)}
            value={item}
            title={`${itemName} ${index + 1}`}
            actions={
              <>
                <ActionIcon
                  size={24}
                  variant="subtle"
                  color="gray"
                  data-move="-1"
                  disabled={index === 0}
                  aria-label={`Move ${itemName} ${index + 1} up`}
                  onClick={() => move(index, -1)}
                >
                  <ArrowUpIcon size={14} aria-hidden />
                </ActionIcon>
                <ActionIcon
                  size={24}
                  variant="subtle"
                  color="gray"
                  data-move="1"
                  disabled={index === items.length - 1}
                  aria-label={`Move ${itemName} ${index + 1} down`}
                  onClick={() => move(index, 1)}
                >
                  <ArrowDownIcon size={14} aria-hidden />
                </ActionIcon>
                <ActionIcon
                  size={24}
                  variant="subtle"
                  color="gray"
                  aria-label={`Remove ${itemName} ${index + 1}`}
                  onClick={() => remove(index)}
                >
                  <Trash2Icon size={14} aria-hidden />
                </ActionIcon>
              </>
            }
          />
        </div>
      ))}
      <div className="flex flex-wrap gap-2">
        {items.length > shown && (
          <Button size="compact-sm" variant="default" onClick={() => setShown(shown + step)}>
            Show {Math.min(step, items.length - shown)} more of {items.length}
          </Button>
        )}
        {!asTemplate && (
          <Button
            data-add
            size="compact-sm"
            variant="default"
            leftSection={<PlusIcon size={14} aria-hidden />}
            disabled={isFull}
            onClick={add}
          >
            Add {itemName}
          </Button>
        )}
      </div>
      <span role="status" className="sr-only">
        {said}
      </span>
    </fieldset>
  );
}

function asItem(node: ElementNode): ElementNode {
  return { ...node, min: 1, max: 1, documentation: undefined };
}

function describeOccurs({ min, max }: ElementNode): string {
  if (max === null) return min === 0 ? "any number" : min === 1 ? "1 or more" : `${min} or more`;
  return min === max ? `${min}` : `${min} to ${max}`;
}
