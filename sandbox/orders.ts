import { type Exchange, sendJson } from "./exchange.ts";
import { readBody } from "./request-body.ts";

interface Order {
  number: number;
  receivedAt: string;
  /** The client whose token brought it. */
  from: string;
  order: unknown;
}

const FIRST_NUMBER = 1001;
const ORDERS_KEPT = 1000;

/** The orders that the sample service has taken. */
export interface Orders {
  add(from: string, order: unknown): Order;
  list(): Order[];
  clear(): void;
}

export function createOrders(): Orders {
  let orders: Order[] = [];
  let next = FIRST_NUMBER;
  return {
    add(from, order) {
      const taken = { number: next++, receivedAt: new Date().toISOString(), from, order };
      orders.push(taken);
      if (orders.length > ORDERS_KEPT * 2) orders = orders.slice(-ORDERS_KEPT);
      return taken;
    },
    list: () => orders.slice(-ORDERS_KEPT),
    clear() {
      orders = [];
      next = FIRST_NUMBER;
    },
  };
}

/** Serves `/orders` and `/orders/NUMBER`; resolves with false for other paths. */
export async function serveOrders(orders: Orders, { request, response, url, token }: Exchange): Promise<boolean> {
  const match = /^\/orders(?:\/(\d+))?$/.exec(url.pathname);
  if (!match) return false;
  if (request.method === "GET") {
    const wanted = match[1]
      ? orders.list().find((order) => order.number === Number(match[1]))
      : { items: orders.list() };
    sendJson(response, wanted ? 200 : 404, wanted ?? { message: `there is no order ${match[1]}` });
    return true;
  }
  if (request.method !== "POST" || match[1]) {
    sendJson(response, 405, { message: "GET /orders, GET /orders/NUMBER or POST /orders" });
    return true;
  }
  const text = (await readBody(request)).toString("utf8");
  try {
    const { number, receivedAt } = orders.add(token?.clientId ?? "", JSON.parse(text));
    sendJson(response, 201, { number, receivedAt });
  } catch {
    sendJson(response, 400, { message: "an order is JSON" });
  }
  return true;
}
