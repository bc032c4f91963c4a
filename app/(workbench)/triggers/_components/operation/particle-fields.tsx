"use client";
import { NativeSelect } from "@mantine/core";
import type { GroupNode, Particle } from "#lib/delivery/soap/model.ts";
import { isUsed, listElements, type Members } from "#lib/delivery/soap/values.ts";
import { AnyField } from "./any-field.tsx";
import { chooseBranch, findBranch, isList, type Path } from "./argument-values.ts";
import { type ParticleProps, useOperationForm } from "./context.ts";
import { ElementField } from "./element-field.tsx";

/** The fields of a part of a content: elements in their order, one of several, any XML. */
export function ParticleFields({ particle, members, path, isOptional = false }: ParticleProps) {
  const mayBeLeftOut = isOptional || particle.min === 0;
  if (particle.kind === "any") {
    return <AnyField path={[...path, "#any"]} value={members["#any"]} isOptional={mayBeLeftOut} />;
  }
  if (particle.kind === "element") {
    const value = Object.hasOwn(members, particle.name) ? members[particle.name] : undefined;
    return <ElementField node={particle} path={[...path, particle.name]} value={value} isOptional={isOptional} />;
  }
  if (particle.kind === "choice" && !isList(particle)) {
    return <ChoiceFields choice={particle} members={members} path={path} isOptional={mayBeLeftOut} />;
  }
  // Of a group that may be left out or repeated, each element may.
  const isLoose = (particle.min === 0 && !isUsed(particle, members)) || isList(particle) || particle.kind === "choice";
  return particle.items.map((item, index) => (
    <ParticleFields
      // biome-ignore lint/suspicious/noArrayIndexKey: a content never changes.
      key={index}
      particle={isList(particle) && item.kind === "element" ? { ...item, min: 0, max: null } : item}
      members={members}
      path={path}
      isOptional={isOptional || isLoose}
    />
  ));
}

type ChoiceProps = { choice: GroupNode; members: Members; path: Path; isOptional: boolean };

/** One of several; the members of the others are taken away. */
function ChoiceFields({ choice, members, path, isOptional }: ChoiceProps) {
  const { types, update } = useOperationForm();
  const branch = findBranch(choice, members);
  const chosen = branch === null ? undefined : choice.items[branch];
  return (
    <div className="argument-choice">
      <NativeSelect
        label={isOptional ? "One of these, or none" : "One of these"}
        value={branch === null ? "" : String(branch)}
        data={[
          ...(isOptional || branch === null ? [{ value: "", label: isOptional ? "None" : "Pick one" }] : []),
          ...choice.items.map((item, index) => ({ value: String(index), label: nameOf(item) })),
        ]}
        onChange={(event) => {
          const wanted = event.currentTarget.value;
          update(path, chooseBranch(types, choice, members, wanted === "" ? null : Number(wanted)));
        }}
      />
      {chosen && (
        <ParticleFields particle={chosen.min === 0 ? { ...chosen, min: 1 } : chosen} members={members} path={path} />
      )}
    </div>
  );
}

function nameOf(particle: Particle): string {
  if (particle.kind === "any") return "any XML";
  if (particle.kind === "element") return particle.name;
  return listElements(particle)
    .map(({ name }) => name)
    .join(", ");
}
