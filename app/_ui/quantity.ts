/** A unit of a quantity: its symbol, and how many of the stored unit it is. */
export type Unit = { symbol: string; factor: number };

export const secondUnits: Unit[] = [
  { symbol: "s", factor: 1 },
  { symbol: "min", factor: 60 },
  { symbol: "h", factor: 3600 },
];

export const millisecondUnits: Unit[] = [{ symbol: "ms", factor: 1 }, ...scale(secondUnits, 1000)];

export const byteUnits: Unit[] = [
  { symbol: "B", factor: 1 },
  { symbol: "KiB", factor: 1024 },
  { symbol: "MiB", factor: 1024 ** 2 },
];

function scale(units: Unit[], factor: number): Unit[] {
  return units.map((unit) => ({ ...unit, factor: unit.factor * factor }));
}

/** Returns the unit that shows a stored value in whole numbers: the selected one if possible, else the largest. */
export function unitFor(value: number | string, units: Unit[], selected: Unit | null): Unit {
  const fits = ({ factor }: Unit) => Number(value) % factor === 0;
  if (selected && (value === "" || fits(selected))) return selected;
  if (value === "" || Number(value) === 0) return units[0]!;
  return units.findLast(fits) ?? units[0]!;
}

/** Returns a stored value and its unit as text, such as `30 min`; "" for none. */
export function formatQuantity(value: number | string, units: Unit[]): string {
  if (value === "") return "";
  const { symbol, factor } = unitFor(value, units, null);
  return `${(Number(value) / factor).toLocaleString("en")} ${symbol}`;
}
