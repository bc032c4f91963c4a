"use client";
import { MantineProvider } from "@mantine/core";
import { ModalsProvider } from "@mantine/modals";
import { Notifications } from "@mantine/notifications";
import type { ReactNode } from "react";
import { ClockProvider } from "./clock.tsx";
import { cssVariablesResolver, theme } from "./theme.ts";

type Props = {
  /** The server's clock and the person's time zone, so that the first paint shows the right times. */
  now: number;
  timeZone: string;
  children: ReactNode;
};

/** What every page needs around it: theme, clock, dialogs, notifications. */
export function Providers({ now, timeZone, children }: Props) {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
      <ClockProvider now={now} timeZone={timeZone}>
        <ModalsProvider>
          <Notifications position="bottom-right" />
          {children}
        </ModalsProvider>
      </ClockProvider>
    </MantineProvider>
  );
}
