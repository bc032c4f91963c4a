import { AppError } from "#lib/platform/errors/app-error.ts";
import { childElements, type Element } from "./xml.ts";

/** What is read of one WSDL, imports included: compiling it takes about 300 ms per MB, in which the process does nothing else. */
export const maxWsdlBytes = 10 * 1024 * 1024;
export const maxDocuments = 200;
const maxElements = 1_000_000;

/**
 * Refuses a WSDL of more elements than anybody can use.
 * @throws AppError `wsdl_too_large`
 */
export function countElements(roots: Element[]): void {
  let count = 0;
  const waiting = [...roots];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (++count > maxElements) {
      throw new AppError("wsdl_too_large", `The WSDL has more than ${maxElements} elements.`, {
        hint: "Upload a WSDL that has only what is needed.",
      });
    }
    waiting.push(...childElements(next));
  }
}
