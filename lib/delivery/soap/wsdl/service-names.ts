import type { Omission, ServiceNode } from "../model.ts";
import { type QName, toQName } from "../names.ts";
import { attribute, type Element } from "../xml/elements.ts";
import type { Definition } from "./definitions.ts";

/**
 * Gives each service its own name. Documents that are read twice describe one service, whose ports are merged. Of services with the
 * same name in several namespaces, all but the first have their namespace in the name: `{urn:b}Orders`.
 */
export function separateServices(definitions: readonly Definition[], services: readonly ServiceNode[]): ServiceNode[] {
  const byName = new Map<QName, ServiceNode>();
  const used = new Set<string>();
  for (const [index, service] of services.entries()) {
    const key = toQName(namespaceOf(definitions[index]!.element), service.name);
    const known = byName.get(key);
    if (known) {
      const more = service.ports.filter(({ name }) => !known.ports.some((port) => port.name === name));
      known.ports.push(...more);
      const isNew = (one: Omission) => !known.omitted.some(({ what, name }) => what === one.what && name === one.name);
      known.omitted.push(...service.omitted.filter(isNew));
      continue;
    }
    const name = used.has(service.name) ? key : service.name;
    used.add(name);
    byName.set(key, { ...service, name });
  }
  return [...byName.values()];
}

const namespaceOf = ({ parentNode }: Element): string => attribute(parentNode as Element, "targetNamespace") ?? "";
