"use client";
import type { AttributeNode } from "#lib/delivery/soap/model.ts";
import type { Path } from "./argument-values.ts";
import { useOperationForm } from "./context.ts";
import { describeSimple, simpleTypeOf } from "./describe-type.ts";
import { FieldHead } from "./field-head.tsx";
import { SimpleField } from "./simple-field.tsx";

type AttributeProps = { path: Path; node: AttributeNode; value: unknown };

/** An attribute; an optional one is switched on. */
export function AttributeField({ path, node, value }: AttributeProps) {
  const { types, update } = useOperationForm();
  const type = simpleTypeOf(types, node.type);
  const name = `@${node.name}`;
  const toggle = (on: boolean) => update(path, on ? (node.fixed ?? node.default ?? "") : undefined);
  const onToggle = node.required ? undefined : toggle;
  if (value === undefined && onToggle) {
    return <FieldHead id={null} name={name} hint={describeSimple(types, type)} isOn={false} onToggle={onToggle} />;
  }
  return (
    <SimpleField
      path={path}
      name={name}
      type={type}
      value={value}
      fixed={node.fixed}
      documentation={node.documentation}
      head={{ isOn: true, onToggle }}
    />
  );
}
