"use client";
import { useCallback, useMemo, useRef } from "react";
import type { GroupNode, OperationDescription } from "#lib/delivery/soap/model.ts";
import { isMembers, type Members } from "#lib/delivery/soap/values.ts";
import { formatPath, isTemplate, type Path, setAt } from "./argument-values.ts";
import { AttributeField } from "./attribute-field.tsx";
import { type OperationForm, OperationFormContext } from "./context.ts";
import { OneElement } from "./element-field.tsx";
import { ParticleFields } from "./particle-fields.tsx";

type Props = {
  description: OperationDescription;
  value: Members;
  onChange: (value: Members) => void;
  /** What does not fit, by path. */
  problems: ReadonlyMap<string, string>;
  /** Whether what is still missing is complained about too. */
  showAll: boolean;
};

/** The form of an operation's arguments, made from its schema. */
export function OperationFields({ description, value, onChange, problems, showAll }: Props) {
  const latest = useRef({ value, onChange });
  latest.current = { value, onChange };
  const update = useCallback((path: Path, next: unknown) => {
    const { value: now, onChange: change } = latest.current;
    const changed = setAt(now, path, next) as Members;
    latest.current.value = changed;
    change(changed);
  }, []);
  const { types, input, headers } = description;
  const blocks = value["#headers"];
  const headerGroup = useMemo<GroupNode>(
    () => ({ kind: "all", min: 1, max: 1, items: headers.input }),
    [headers.input],
  );
  const form = useMemo<OperationForm>(
    () => ({
      types,
      update,
      Particles: ParticleFields,
      OneElement,
      problemAt: (path, at) => (showAll || !isUntouched(at) ? problems.get(formatPath(path)) : undefined),
      hasProblemBelow: (path) => {
        const start = formatPath(path);
        return showAll && [...problems.keys()].some((each) => each.startsWith(start));
      },
    }),
    [types, update, problems, showAll],
  );
  const isEmpty = input.content.items.length === 0 && input.attributes.length === 0;
  return (
    <OperationFormContext value={form}>
      <div className="grid grid-cols-1 gap-4">
        {isEmpty && <p className="m-0 text-dimmed">This operation takes no arguments.</p>}
        {input.attributes.map((attribute) => (
          <AttributeField
            key={attribute.name}
            node={attribute}
            path={[`@${attribute.name}`]}
            value={value[`@${attribute.name}`]}
          />
        ))}
        <ParticleFields particle={input.content} members={value} path={[]} />
        {headers.input.length > 0 && (
          <fieldset className="argument-group" aria-label="SOAP headers">
            <p className="m-0 text-sm font-semibold">SOAP headers</p>
            <ParticleFields particle={headerGroup} members={isMembers(blocks) ? blocks : {}} path={["#headers"]} />
          </fieldset>
        )}
      </div>
    </OperationFormContext>
  );
}

/** Nobody filled it in yet, or nobody can say yet whether it fits. */
function isUntouched(value: unknown): boolean {
  return value === undefined || value === "" || isTemplate(value);
}
