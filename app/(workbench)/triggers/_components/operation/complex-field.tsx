"use client";
import { ActionIcon, NativeSelect } from "@mantine/core";
import { ChevronDownIcon, ChevronRightIcon } from "lucide-react";
import { useId, useState } from "react";
import { findType } from "#lib/delivery/soap/builtin.ts";
import type { ComplexType, ElementNode } from "#lib/delivery/soap/model.ts";
import { localOf } from "#lib/delivery/soap/names.ts";
import { holdsAny, isMembers, typeOfValue } from "#lib/delivery/soap/values.ts";
import { blankItem, isTemplate, listSubtypes, type Path, setAt } from "./argument-values.ts";
import { AttributeField } from "./attribute-field.tsx";
import { useOperationForm } from "./context.ts";
import { simpleTypeOf } from "./describe-type.ts";
import { FieldHead, type HeadProps } from "./field-head.tsx";
import { SimpleField } from "./simple-field.tsx";
import { TemplateInput } from "./template-input.tsx";
import { VariableButton } from "./variable-button.tsx";

type Props = {
  path: Path;
  node: ElementNode;
  type: ComplexType;
  value: unknown;
  title: string;
  head: Omit<HeadProps, "id" | "name" | "hint" | "children">;
};

/** How many levels are open at first. */
const openLevels = 5;

/** An element with members: attributes, text, elements; it folds, or a variable stands for all of it. */
export function ComplexField({ path, node, type: declared, value, title, head }: Props) {
  const { types, update, problemAt, hasProblemBelow } = useOperationForm();
  const [isFolded, setFolded] = useState(path.length > openLevels * 2);
  const id = useId();
  // What was typed of a template so far is text, too.
  const asTemplate = isTemplate(value) || (typeof value === "string" && !declared.text);
  const isOpen = !isFolded || hasProblemBelow(path);
  const error = problemAt(path, value);
  const hasMembers = !asTemplate && value !== null;
  return (
    <fieldset className="argument-group" aria-label={title}>
      <div className="flex items-center gap-2">
        {hasMembers && (
          <ActionIcon
            size={24}
            variant="subtle"
            color="gray"
            aria-label={`${isOpen ? "Fold" : "Unfold"} ${title}`}
            aria-expanded={isOpen}
            onClick={() => setFolded(isOpen)}
          >
            {isOpen ? <ChevronDownIcon size={14} aria-hidden /> : <ChevronRightIcon size={14} aria-hidden />}
          </ActionIcon>
        )}
        <div className="min-w-0 grow">
          <FieldHead {...head} id={asTemplate ? id : null} name={title}>
            {value !== null && (
              <VariableButton
                of={title}
                isOn={asTemplate}
                onToggle={() => update(path, asTemplate ? blankItem(types, node) : "{{variables.}}")}
              />
            )}
          </FieldHead>
        </div>
      </div>
      {node.documentation && <p className="m-0 text-xs text-dimmed">{node.documentation}</p>}
      {error && (
        <p role="alert" className="m-0 text-sm text-bad">
          {error}
        </p>
      )}
      {asTemplate && <TemplateInput id={id} value={value} onChange={(text) => update(path, text)} />}
      {hasMembers && isOpen && <Members path={path} node={node} value={value} />}
    </fieldset>
  );
}

function Members({ path, node, value }: { path: Path; node: ElementNode; value: unknown }) {
  const { types, update, Particles } = useOperationForm();
  const members = isMembers(value) ? value : typeof value === "string" ? { "#text": value } : {};
  const { type: found, name } = typeOfValue(types, node, members);
  const subtypes = listSubtypes(types, node.type);
  const type = found.kind === "complex" ? found : (findType(types, node.type) as ComplexType);
  return (
    <div className="argument-members">
      {subtypes.length > 0 && (subtypes.length > 1 || subtypes[0] !== node.type) && (
        <NativeSelect
          label="Type"
          description="Several types may stand here."
          value={subtypes.includes(name) ? name : ""}
          data={[
            ...(subtypes.includes(name) ? [] : [{ value: "", label: "Pick one" }]),
            ...subtypes.map((each) => ({ value: each, label: localOf(each) })),
          ]}
          onChange={(event) => {
            const wanted = event.currentTarget.value;
            const blank = blankItem(types, { ...node, type: wanted });
            update(path, wanted === node.type ? blank : setAt(blank, ["@xsi:type"], wanted));
          }}
        />
      )}
      {type.attributes.map((attribute) => (
        <AttributeField
          key={attribute.name}
          node={attribute}
          path={[...path, `@${attribute.name}`]}
          value={members[`@${attribute.name}`]}
        />
      ))}
      {(type.text || type.mixed) && !holdsAny(type.content) && (
        <SimpleField
          path={[...path, "#text"]}
          name="text"
          type={type.text ? simpleTypeOf(types, type.text) : { kind: "simple", base: "string" }}
          value={members["#text"]}
        />
      )}
      {type.content && <Particles particle={type.content} members={members} path={path} />}
      {type.attributes.length === 0 && !type.content?.items.length && !type.text && (
        <p className="m-0 text-sm text-dimmed">It has no members; it is sent empty.</p>
      )}
    </div>
  );
}
