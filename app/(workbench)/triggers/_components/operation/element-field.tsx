"use client";
import { memo } from "react";
import { findType } from "#lib/delivery/soap/builtin.ts";
import type { ElementNode } from "#lib/delivery/soap/model.ts";
import { arrayContent } from "#lib/delivery/soap/values.ts";
import { blankElement, blankItem, isList, isTemplate, type Path } from "./argument-values.ts";
import { ComplexField } from "./complex-field.tsx";
import { type OneElementProps, useOperationForm } from "./context.ts";
import { describeSimple, simpleTypeOf } from "./describe-type.ts";
import { FieldHead } from "./field-head.tsx";
import { ListField } from "./list-field.tsx";
import { SimpleField } from "./simple-field.tsx";

type Props = {
  path: Path;
  node: ElementNode;
  value: unknown;
  /** Whether it may be left out here, whatever the element itself says. */
  isOptional?: boolean;
};

/** An element with all that it may be: left out, repeated, nil, a template, simple or with members. */
export const ElementField = memo(function ElementField({ path, node, value, isOptional }: Props) {
  const { types, update } = useOperationForm();
  const mayBeLeftOut = isOptional || node.min === 0;
  const toggle = (on: boolean) => update(path, on ? blankElement(types, node) : undefined);
  if (isList(node)) return <ListField path={path} node={node} value={value} isOptional={mayBeLeftOut} />;
  if (value === undefined && mayBeLeftOut) {
    const type = findType(types, node.type);
    const hint = type?.kind === "simple" ? describeSimple(types, type) : undefined;
    return <FieldHead id={null} name={node.name} hint={hint} isOn={false} onToggle={toggle} />;
  }
  return <OneElement path={path} node={node} value={value} onToggle={mayBeLeftOut ? toggle : undefined} />;
}, isSame);

/** Paths are made anew each time; what they say decides. */
function isSame(before: Props, after: Props): boolean {
  return (
    before.value === after.value &&
    before.node === after.node &&
    before.isOptional === after.isOptional &&
    before.path.join("/") === after.path.join("/")
  );
}

/** One occurrence of an element that is there. */
export function OneElement({ path, node, value, title, actions, onToggle }: OneElementProps) {
  const { types, update } = useOperationForm();
  const type = findType(types, node.type);
  const head = {
    actions,
    isOn: true,
    onToggle,
    isNil: value === null,
    onNil: node.nillable ? (nil: boolean) => update(path, nil ? null : blankItem(types, node)) : undefined,
  };
  const name = title ?? node.name;
  if (type?.kind !== "complex") {
    return (
      <SimpleField
        path={path}
        name={name}
        type={simpleTypeOf(types, node.type)}
        value={value}
        fixed={node.fixed}
        documentation={node.documentation}
        head={head}
      />
    );
  }
  if (type.arrayOf && !isTemplate(value) && value !== null) {
    return (
      <ListField path={path} node={{ ...arrayContent(type), name }} value={value} isOptional={false} itemName="item" />
    );
  }
  return <ComplexField path={path} node={node} type={type} value={value} title={name} head={head} />;
}
