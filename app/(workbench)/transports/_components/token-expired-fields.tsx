"use client";
import { useFormContext } from "react-hook-form";
import { TextField } from "#app/_ui/form-fields.tsx";
import { transportLabels as labels } from "#lib/delivery/transports/definition.ts";
import type { FormValues } from "./form-values.ts";

/** How a SOAP service says that a token has expired, when it does not say so by 401. */
export function TokenExpiredFields() {
  const { formState } = useFormContext<FormValues>();
  return (
    <details className="disclosure" open={formState.errors.soap?.tokenExpired ? true : undefined}>
      <summary>When an answer means that the token has expired</summary>
      <p className="m-0 mt-2 text-sm text-dimmed">
        401 always does. A Fault or a short answer that fits one of these lines does too: the token is dropped and
        renewed, and the call is sent once more where the trigger says that it is safe to repeat.
      </p>
      <div className="mt-3 grid grid-cols-1 items-start gap-4 sm:grid-cols-2">
        <TextField
          name="soap.tokenExpired.faultCodes"
          label={labels["soap.tokenExpired.faultCodes"]}
          mono
          rows={{ min: 3, max: 12 }}
          description="One on each line, with or without prefix."
        />
        <TextField
          name="soap.tokenExpired.bodyContains"
          label={labels["soap.tokenExpired.bodyContains"]}
          mono
          rows={{ min: 3, max: 12 }}
          description="One on each line; upper and lower case are the same."
        />
      </div>
    </details>
  );
}
