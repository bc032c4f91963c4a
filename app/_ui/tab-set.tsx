"use client";
import { Tabs } from "@mantine/core";
import type { ReactNode } from "react";

export type TabContent = { value: string; label: ReactNode; content: ReactNode };

type Props = {
  /** Name of the tabs for screen readers. */
  label: string;
  tabs: TabContent[];
  /** The first tab, unless another one is given. */
  defaultValue?: string;
};

/** Shows one of several contents of a part of a page. The parts of a whole page have URLs instead. */
export function TabSet({ label, tabs, defaultValue = tabs[0]?.value }: Props) {
  return (
    <Tabs defaultValue={defaultValue}>
      <Tabs.List aria-label={label}>
        {tabs.map(({ value, label: name }) => (
          <Tabs.Tab key={value} value={value}>
            {name}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {tabs.map(({ value, content }) => (
        <Tabs.Panel key={value} value={value} pt="sm">
          {content}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
