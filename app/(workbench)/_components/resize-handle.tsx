"use client";
import type { KeyboardEvent, PointerEvent } from "react";
import { clampWidth, maxPanelWidth, minPanelWidth } from "./panel-preference.ts";

type Props = { width: number; onResize: (width: number) => void; onDone: (width: number) => void };

/** The edge of the panel: drag it, or use the arrow keys on it. */
export function ResizeHandle({ width, onResize, onDone }: Props) {
  const move = (event: PointerEvent<HTMLElement>, done: boolean) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const left = event.currentTarget.parentElement?.getBoundingClientRect().left ?? 0;
    (done ? onDone : onResize)(clampWidth(event.clientX - left));
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -16, ArrowRight: 16 }[event.key];
    if (!step) return;
    event.preventDefault();
    onDone(clampWidth(width + step));
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that is moved has no element of its own (ARIA window splitter).
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label="Width of the tree panel"
      aria-valuenow={Math.round(width)}
      aria-valuemin={minPanelWidth}
      aria-valuemax={maxPanelWidth}
      tabIndex={0}
      className="frame-resize"
      onKeyDown={press}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => move(event, false)}
      onPointerUp={(event) => move(event, true)}
    />
  );
}
