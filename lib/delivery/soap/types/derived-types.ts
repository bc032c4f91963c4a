import type { Types } from "../model.ts";
import type { QName } from "../names.ts";

/** Lists the types that can be in the place of others, by those. `anyType` isn't a key, since everything is derived from it. */
export function listDerived(types: Types): Map<QName, QName[]> {
  const derived = new Map<QName, QName[]>();
  for (const [name, type] of Object.entries(types)) {
    if (type.kind !== "complex" || !type.derivedFrom || /^#|#$/.test(name)) continue;
    const known = derived.get(type.derivedFrom);
    if (known) known.push(name);
    else derived.set(type.derivedFrom, [name]);
  }
  return derived;
}
