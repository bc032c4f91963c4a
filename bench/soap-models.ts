import { randomBytes } from "node:crypto";
import { buildEnvelope } from "#lib/delivery/soap/build.ts";
import type { Wsdl } from "#lib/delivery/soap/model.ts";
import { readSoapAnswer } from "#lib/delivery/soap/read.ts";
import { parseWsdl } from "#lib/delivery/soap/wsdl.ts";
import { writeLargeWsdl } from "./large-wsdl.ts";
import { measureNanoseconds } from "./measure.ts";

/** How many large WSDLs are held at once. */
const count = 50;

const answer = (seed: number): Buffer =>
  Buffer.from(
    `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><Operation${seed}x7Response xmlns="urn:bench:${seed}"><line unit="kg"><field1>12.5</field1><field3>3</field3><field5>2026-05-01T06:00:00Z</field5><field7>1.5</field7><field9>4</field9><field11>2026-05-01T06:00:00Z</field11></line></Operation${seed}x7Response></soap:Body></soap:Envelope>`,
  );
const line = { "@unit": "kg", field0: "A-1", field2: "2026-05-01", field4: true };

export type SoapModelFigures = {
  count: number;
  /** Of one, in MiB. */
  megabytes: number;
  parseMs: number;
  /** Of all of them. */
  heapMb: number;
  buildNs: number;
  readNs: number;
};

/**
 * Compiles 50 WSDLs of more than 1 MB each and keeps them; then builds and reads calls with one of them. Needs Node's --expose-gc for
 * the memory.
 */
async function measureSoapModels(): Promise<SoapModelFigures> {
  const before = heapUsed();
  const models: Wsdl[] = [];
  let bytes = 0;
  const began = performance.now();
  for (let seed = 0; seed < count; seed++) {
    const text = writeLargeWsdl(seed);
    bytes += Buffer.byteLength(text);
    models.push(parseWsdl([{ location: `http://localhost/${seed}?wsdl`, text }]));
  }
  const parseMs = (performance.now() - began) / count;
  const heapMb = (heapUsed() - before) / 1024 / 1024;
  const wsdl = models[7]!;
  const ref = { service: "Bench", port: "Bench", operation: "Operation7x7" };
  const input = { arguments: { id: "1", line: [line] }, now: new Date(), nonce: randomBytes(16) };
  const body = answer(7);
  const headers: [string, string][] = [["content-type", "text/xml; charset=utf-8"]];
  return {
    count: models.length,
    megabytes: bytes / count / 1024 / 1024,
    parseMs,
    heapMb,
    buildNs: await measureNanoseconds(5, 20_000, () => buildEnvelope(wsdl, ref, input)),
    readNs: await measureNanoseconds(5, 20_000, () => readSoapAnswer({ status: 200, headers, body }, wsdl, ref)),
  };
}

function heapUsed(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

// In a process of its own, so that nothing else is on the heap.
process.send?.(await measureSoapModels());
