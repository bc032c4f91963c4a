import type { ShownValue } from "#lib/platform/header-values/secret-values.ts";
import { Instant } from "./instant.tsx";

/** Headers or parameters, one per line; of secret ones only when they were set. */
export function ShownValues({ values, separator = ": " }: { values: readonly ShownValue[]; separator?: string }) {
  return values.map(({ name, value, setAt }, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: names can repeat, and the list never changes while it's shown.
    <div key={index}>
      <code>
        {name}
        {separator}
        {value}
      </code>
      {value === null && (
        <span className="text-dimmed">
          secret{setAt && ", set on "}
          {setAt && <Instant at={setAt} show="absolute" />}
        </span>
      )}
    </div>
  ));
}
