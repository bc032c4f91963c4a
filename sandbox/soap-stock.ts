import type { Element } from "@xmldom/xmldom";
import { STOCK_NAMESPACE } from "./soap-documents.ts";
import { children, escapeXml, SoapFault } from "./soap-envelope.ts";

/** How much of an item there is; of every other one there are 100. */
const SCARCE_ITEM = "ZZ-0000";
const FIRST_RESERVATION = 7001;

export interface Stock {
  /** The content of the answer's Body; throws SoapFault. */
  answer(operation: string, payload: Element): string;
  reset(): void;
}

export function createStock(): Stock {
  let reservation = FIRST_RESERVATION;
  return {
    answer(operation, payload) {
      if (operation === "Ping") return wrap("PingResponse", escapeXml(payload.textContent ?? ""));
      if (operation === "GetStock") return getStock(payload);
      const [order] = children(payload);
      if (order?.localName !== "order") throw new SoapFault("Client", "ReserveStock begins with order");
      const lines = children(order).filter(({ localName }) => localName === "lines");
      if (lines.length === 0) throw new SoapFault("Client", "an order has lines");
      for (const line of lines) reserve(line);
      return wrap("ReserveStockResponse", `<reservation>${reservation++}</reservation>${lines.map(repeat).join("")}`);
    },
    reset() {
      reservation = FIRST_RESERVATION;
    },
  };
}

function getStock(payload: Element): string {
  const [site, item] = readSequence(payload, ["site", "item", "onDate?"]);
  if (site === "") throw stockFault("there is no site without a name", null, null);
  const found = `<item>${escapeXml(item ?? "")}</item><quantity>${stockOf(item ?? "")}</quantity>`;
  return wrap("GetStockResponse", `${found}<unit>piece</unit><countedAt>2026-05-01T06:00:00Z</countedAt>`);
}

function reserve(line: Element): void {
  const [item, quantity] = readSequence(line, ["item", "quantity", "note?"]);
  const wanted = Number(quantity);
  if (!Number.isFinite(wanted)) throw new SoapFault("Client", `${quantity} is no quantity`);
  const available = stockOf(item ?? "");
  if (wanted > available) throw stockFault(`there is too little of ${item}`, item ?? "", available);
}

function repeat(line: Element): string {
  const parts = children(line).map(
    ({ localName, textContent }) => `<${localName}>${escapeXml(textContent ?? "")}</${localName}>`,
  );
  return `<lines unit="${escapeXml(line.getAttribute("unit") ?? "")}">${parts.join("")}</lines>`;
}

/** The texts of elements that must come in this order, all in the service's namespace; `?` = may be left out. */
function readSequence(parent: Element, names: string[]): (string | null)[] {
  const given = children(parent);
  const texts = names.map((name) => {
    const bare = name.replace("?", "");
    const next = given[0];
    if (next?.localName === bare && next.namespaceURI === STOCK_NAMESPACE) return given.shift()?.textContent ?? "";
    if (name.endsWith("?")) return null;
    throw new SoapFault("Client", `${parent.localName} needs ${bare} in ${STOCK_NAMESPACE}`);
  });
  if (given[0]) throw new SoapFault("Client", `${parent.localName} does not know ${given[0].localName}`);
  return texts;
}

function stockOf(item: string): number {
  return item === SCARCE_ITEM ? 0.5 : 100;
}

function stockFault(reason: string, item: string | null, available: number | null): SoapFault {
  const more = item === null ? "" : `<item>${escapeXml(item)}</item><available>${available}</available>`;
  return new SoapFault("Server", reason, {
    detail: wrap("StockFault", `<reason>${escapeXml(reason)}</reason>${more}`),
  });
}

function wrap(name: string, content: string): string {
  return `<${name} xmlns="${STOCK_NAMESPACE}">${content}</${name}>`;
}
