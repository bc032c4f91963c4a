import { z } from "zod";
import { describeHidden } from "./hidden-characters.ts";

type Complain = (name: string) => string | null;
type Limits = { most: number; noun: string; longestValue: number };

/** How a list of names and values reads. */
export const storedNameValues = z.array(z.object({ name: z.string(), value: z.string() }));

/**
 * Builds the schema of an ordered list of names and values, in which names can repeat. Also accepts an object, which the
 * API took before, and returns it as a list.
 */
export function nameValueList({ most, noun, longestValue }: Limits, complain: Complain, complainOfValue: Complain) {
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
  const list = z.array(z.object({ name, value })).max(most, `At most ${most} ${noun}.`);
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
      Array.isArray(given) ? given : Object.entries(given).map(([name, value]) => ({ name, value })),
    );
}
