"use client";
import { Tabs } from "@mantine/core";
import { CodeBlock } from "#app/_ui/code-block.tsx";
import { prettyXml } from "#app/_ui/pretty-xml.ts";
import type { RunSoap } from "#lib/delivery/runs/model.ts";
import { DataTree } from "./data-tree.tsx";

type Props = {
  soap: RunSoap;
  /** The body as it came. */
  body: string;
};

/** The answer of a SOAP call: its data as a tree and as JSON, and the XML as it came. */
export function SoapAnswer({ soap, body }: Props) {
  const xml = soap.xml ?? body;
  const raw = <CodeBlock text={prettyXml(xml) ?? xml} label="XML of the response" copies={xml} />;
  if (soap.json === null || soap.json === undefined) {
    return (
      <div className="mt-2 grid gap-2">
        {soap.jsonCut && <p className="m-0 text-sm text-dimmed">The answer is too large to be kept as data.</p>}
        {raw}
      </div>
    );
  }
  const json = JSON.stringify(soap.json, null, 2);
  return (
    <Tabs defaultValue="tree" keepMounted={false} className="mt-2">
      <Tabs.List>
        <Tabs.Tab value="tree">Tree</Tabs.Tab>
        <Tabs.Tab value="json">JSON</Tabs.Tab>
        <Tabs.Tab value="xml">XML</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="tree" pt="sm">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1). */}
        <section tabIndex={0} aria-label="Data of the response" className="code-block">
          <DataTree value={soap.json} />
        </section>
      </Tabs.Panel>
      <Tabs.Panel value="json" pt="sm">
        <CodeBlock text={json} label="JSON of the response" copies={json} />
      </Tabs.Panel>
      <Tabs.Panel value="xml" pt="sm">
        {raw}
      </Tabs.Panel>
    </Tabs>
  );
}
