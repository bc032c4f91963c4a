import { findType } from "./builtin.ts";
import type {
  AttributeNode,
  MessageBody,
  OperationNode,
  Particle,
  PortNode,
  SimpleType,
  Types,
  Wsdl,
} from "./model.ts";
import { localOf, type QName } from "./names.ts";

/** One change between two WSDLs. */
export type WsdlChange = {
  kind: "added" | "removed" | "changed";
  what: "service" | "port" | "operation";
  /** `Service`, `Service/Port`, or `Service/Port/Operation`. */
  name: string;
  /** What is different, in words; empty for what was added or removed. */
  details: string[];
};

/** How deep the elements of a message are compared. */
const maxDepth = 15;
/** How many elements of a message, and how many details of an operation. */
const maxElements = 5000;
const maxDetails = 50;

/** What is different in `next`, by services, ports and operations. */
export function diffWsdl(before: Wsdl, next: Wsdl): { changes: WsdlChange[] } {
  const changes: WsdlChange[] = [];
  const compare = <T>(
    what: WsdlChange["what"],
    prefix: string,
    [old, now]: [Map<string, T>, Map<string, T>],
    both: (one: T, other: T, name: string) => void,
  ) => {
    for (const name of old.keys())
      if (!now.has(name)) changes.push({ kind: "removed", what, name: prefix + name, details: [] });
    for (const [name, value] of now) {
      const was = old.get(name);
      if (was === undefined) changes.push({ kind: "added", what, name: prefix + name, details: [] });
      else both(was, value, prefix + name);
    }
  };
  const services = (wsdl: Wsdl) =>
    new Map(wsdl.services.map((service) => [service.name, new Map(service.ports.map((port) => [port.name, port]))]));
  compare("service", "", [services(before), services(next)], (oldPorts, newPorts, service) => {
    compare("port", `${service}/`, [oldPorts, newPorts], (oldPort, newPort, port) => {
      const details = diffPort(oldPort, newPort);
      if (details.length > 0) changes.push({ kind: "changed", what: "port", name: port, details });
      const operations = ({ operations: all }: PortNode) => new Map(Object.entries(all));
      compare("operation", `${port}/`, [operations(oldPort), operations(newPort)], (one, other, name) => {
        const words = diffOperation([before.types, one], [next.types, other]);
        if (words.length > 0)
          changes.push({ kind: "changed", what: "operation", name, details: words.slice(0, maxDetails) });
      });
    });
  });
  return { changes };
}

function diffPort(one: PortNode, other: PortNode): string[] {
  const details = [];
  if (one.address !== other.address)
    details.push(`The address is ${other.address ?? "not named"}, was ${one.address ?? "not named"}.`);
  if (one.soapVersion !== other.soapVersion) details.push(`SOAP ${other.soapVersion}, was ${one.soapVersion}.`);
  return details;
}

type Side = [types: Types, operation: OperationNode];

function diffOperation([oldTypes, one]: Side, [newTypes, other]: Side): string[] {
  const details: string[] = [];
  if (one.soapAction !== other.soapAction)
    details.push(`The SOAPAction is "${other.soapAction}", was "${one.soapAction}".`);
  if (one.style !== other.style || one.use !== other.use)
    details.push(`${other.style}/${other.use}, was ${one.style}/${one.use}.`);
  details.push(...diffBody("Input", oldTypes, one.input, newTypes, other.input));
  details.push(...diffBody("Output", oldTypes, one.output, newTypes, other.output));
  return details;
}

function diffBody(
  what: string,
  oldTypes: Types,
  one: MessageBody | null,
  newTypes: Types,
  other: MessageBody | null,
): string[] {
  if (!one || !other) return one === other ? [] : [`${what} is ${other ? "there now" : "gone"}.`];
  const details: string[] = [];
  const [oldName, newName] = [one, other].map(
    (body) => `${body.element?.namespace} ${body.element?.name} ${body.wrapped}`,
  );
  if (oldName !== newName)
    details.push(
      `${what} is another element: ${other.element?.name} in ${other.element?.namespace || "no namespace"}.`,
    );
  const [old, now] = [flatten(oldTypes, one), flatten(newTypes, other)];
  for (const [path, form] of old) {
    const next = now.get(path);
    if (next === undefined) details.push(`${what} ${path} is gone.`);
    else if (next !== form) details.push(`${what} ${path} is ${next}, was ${form}.`);
  }
  for (const [path, form] of now) if (!old.has(path)) details.push(`${what} ${path} is new: ${form}.`);
  return details;
}

/** The elements and attributes of a message by path, each in words. */
function flatten(types: Types, body: MessageBody): Map<string, string> {
  const found = new Map<string, string>();
  const set = (path: string, form: string): undefined => {
    if (found.size < maxElements) found.set(path, form);
  };
  const walkType = (name: QName, path: string, above: QName[]): void => {
    const type = findType(types, name);
    if (type?.kind !== "complex" || above.includes(name) || above.length > maxDepth) return;
    walkAttributes(type.attributes, path);
    if (type.content) walk(type.content, path, [...above, name], false);
    if (type.arrayOf) walkType(type.arrayOf, `${path}[]`, [...above, name]);
  };
  const walkAttributes = (attributes: AttributeNode[], path: string) => {
    for (const { name, required, type } of attributes) {
      set(join(path, `@${name}`), `${required ? "required" : "optional"}, ${describeType(types, type)}`);
    }
  };
  const walk = (particle: Particle, path: string, above: QName[], isOptional: boolean): undefined => {
    if (particle.kind === "any") return set(join(path, "#any"), describeOccurs(particle, isOptional));
    if (particle.kind !== "element") {
      const optional = isOptional || particle.min === 0 || particle.kind === "choice";
      for (const item of particle.items) walk(item, path, above, optional);
      return;
    }
    const at = join(path, particle.name);
    const nil = particle.nillable ? ", nillable" : "";
    set(at, `${describeOccurs(particle, isOptional)}, ${describeType(types, particle.type)}${nil}`);
    if (found.size < maxElements) walkType(particle.type, at, above);
  };
  walkAttributes(body.attributes, "");
  walk(body.content, "", [], false);
  return found;
}

const join = (path: string, name: string): string => (path === "" ? name : `${path}.${name}`);

function describeOccurs({ min, max }: { min: number; max: number | null }, isOptional: boolean): string {
  if (max === 1) return min === 0 || isOptional ? "optional" : "required";
  return max === null ? `at least ${min} times` : `${min} to ${max} times`;
}

function describeType(types: Types, name: QName): string {
  const type = findType(types, name);
  if (type?.kind !== "simple") return name.startsWith("#") ? "an object" : localOf(name);
  return describeSimple(type);
}

function describeSimple({ base, enumeration, facets, listOf }: SimpleType): string {
  if (enumeration) return `one of ${enumeration.join(", ")}`;
  const limits = Object.entries(facets ?? {}).map(([facet, value]) => `${facet} ${String(value)}`);
  return [listOf ? "a list" : base, ...limits].join(" ");
}
