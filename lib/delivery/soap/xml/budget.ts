import { AppError } from "#lib/platform/errors/app-error.ts";

/** How much work a document can ask for: steps that are counted as they are made, so that none of it is sized by who wrote it. */
export class Budget {
  readonly #what: string;
  readonly #max: number;
  #used = 0;

  /** @param what the sentence's object: "the example of CreateOrder" */
  constructor(what: string, max: number) {
    this.#what = what;
    this.#max = max;
  }

  get used(): number {
    return this.#used;
  }

  /** @throws AppError `wsdl_too_large` when it is used up */
  take(steps = 1): void {
    this.#used += steps;
    if (this.#used <= this.#max) return;
    throw new AppError("wsdl_too_large", `The WSDL asks for more than ${this.#max} steps of work for ${this.#what}.`, {
      hint: "Its types multiply each other or must occur too often. Upload a WSDL that has only what is needed, or use raw envelopes.",
    });
  }
}
