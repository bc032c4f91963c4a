"use client";
import { type FormEventHandler, type ReactNode, type Ref, useSyncExternalStore } from "react";

type Props = {
  ref?: Ref<HTMLFormElement>;
  onSubmit: FormEventHandler<HTMLFormElement>;
  /** Whether what was entered is on its way. */
  isBusy?: boolean;
  /** How the fields are laid out. */
  className?: string;
  children: ReactNode;
};

const never = () => () => undefined;

/**
 * A form whose fields take nothing before the page's code has arrived: what is typed earlier would be lost when it does.
 * Until then the fields look as they will (globals.css), so that nothing flickers.
 */
export function FormFrame({ ref, onSubmit, isBusy, className, children }: Props) {
  const isAlive = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  return (
    <form ref={ref} onSubmit={onSubmit} noValidate aria-busy={isBusy}>
      <fieldset disabled={!isAlive} className={`form-fields ${className ?? ""}`}>
        {children}
      </fieldset>
    </form>
  );
}
