"use client";
import { type PointerEvent, type TouchEvent, useRef } from "react";

/** How long a finger rests before the menu opens, as on phones. */
const pressMs = 500;
/** A finger trembles; more than this is a scroll. */
const slackPx = 10;

/** Opens something after a long press of a finger or a pen; the click that the browser makes of it is swallowed. */
export function useLongPress<T>(onPress: (target: T, point: { x: number; y: number }) => void) {
  const press = useRef<{ timer: ReturnType<typeof setTimeout>; x: number; y: number } | null>(null);
  const hasFired = useRef(false);
  const cancel = () => {
    if (press.current) clearTimeout(press.current.timer);
    press.current = null;
  };
  return (target: T) => ({
    onPointerDown: (event: PointerEvent) => {
      hasFired.current = false;
      if (event.pointerType === "mouse") return;
      cancel();
      const point = { x: event.clientX, y: event.clientY };
      const timer = setTimeout(() => {
        press.current = null;
        hasFired.current = true;
        onPress(target, point);
      }, pressMs);
      press.current = { timer, ...point };
    },
    onPointerMove: (event: PointerEvent) => {
      const start = press.current;
      if (start && Math.hypot(event.clientX - start.x, event.clientY - start.y) > slackPx) cancel();
    },
    onPointerUp: cancel,
    onPointerCancel: cancel,
    // Else the browser makes a mouse press of it, and that closes the menu again.
    onTouchEnd: (event: TouchEvent) => {
      if (hasFired.current) event.preventDefault();
    },
    onClickCapture: (event: { preventDefault: () => void; stopPropagation: () => void }) => {
      if (!hasFired.current) return;
      hasFired.current = false;
      event.preventDefault();
      event.stopPropagation();
    },
  });
}
