import { z } from "zod";
import type { Named } from "#lib/platform/header-values/secret-names.ts";
import type { EnteredValue } from "#lib/platform/header-values/secret-values.ts";
import { valueSchema } from "#lib/platform/header-values/value-schema.ts";
import { describeHidden } from "./hidden-characters.ts";

type Complain = (name: string) => string | null;
type Limits = { most: number; noun: string; longestValue: number; isSecret: (named: Named) => boolean };

/**
 * Builds the schema of an ordered list of names and values, in which names can repeat. Also accepts an object, which the
 * API took before, and returns it as a list.
 */
export function nameValueList(
  { most, noun, longestValue, isSecret }: Limits,
  complain: Complain,
  complainOfValue: Complain,
) {
  const value = z
    .string()
    .max(longestValue, `A value has at most ${longestValue.toLocaleString("en")} characters.`)
    .superRefine((text, context) => {
      const message = describeHidden(text) ?? complainOfValue(text);
      if (message) context.addIssue({ code: "custom", message });
    });
  const name = z.string("Enter a name.").superRefine((text, context) => {
    const message = complain(text);
    if (message) context.addIssue({ code: "custom", message });
  });
  const list = z.array(valueSchema(name, value, isSecret)).max(most, `At most ${most} ${noun}.`);
  const record = z.record(z.string(), value).superRefine((members, context) => {
    const names = Object.keys(members);
    if (names.length > most) context.addIssue({ code: "custom", message: `At most ${most} ${noun}.` });
    for (const member of names) {
      const message = complain(member);
      if (message) context.addIssue({ code: "custom", path: [member], message });
    }
  });
  return z
    .union([list, record])
    .transform((given) =>
      Array.isArray(given) ? given : Object.entries(given).map(([name, value]): EnteredValue => ({ name, value })),
    );
}
