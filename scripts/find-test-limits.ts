import { parseSync } from "vite";

type Node = { type: string; start: number; [member: string]: unknown };
/** What a file names: functions that sleep, and variables that hold elapsed time. */
type Names = { sleeps: Set<string>; elapsed: Set<string> };

/** The runner's limits (scripts/test-limits.ts), which a test may pass on. */
const shared = new Set(["testLimitMs", "waitLimitMs", "journeyWaitLimitMs"]);
const runner = /^(test|it|describe|before(All|Each)|after(All|Each))$/;
const wait = /^(poll|toPass|waitFor\w*|waitUntil)$/;
/** Playwright's matchers wait; their options come last. Vitest's compare values, which may have a `timeout`, too. */
const waitingMatcher = /^to(Be[A-Z]|Contain(Text|Class)|Have[A-Z]|Match(Aria))\w*$/;
const ownLimit = /^((test|it|vi)\.(\w+\.)?(setTimeout|slow|setConfig)|.*\.setDefault(Navigation)?Timeout)$/;
const clock = /^(performance\.now|Date\.now|process\.(hrtime|hrtime\.bigint|uptime|cpuUsage|threadCpuUsage))$/;

/**
 * Finds the places where a test has a time limit of its own, sleeps outside of a loop that waits for a condition, or has an upper
 * bound for elapsed time.
 * @returns one line per place, with its file and line number
 */
export function findTestLimits(file: string, code: string): string[] {
  const { program, errors } = parseSync(file, code);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  const names: Names = { sleeps: new Set(), elapsed: new Set() };
  const found: string[] = [];
  walk(program as unknown as Node, false, (node, isWaiting) => {
    learnNames(node, names);
    const fault = findFault(node, names, isWaiting, file.startsWith("e2e/"));
    if (fault) found.push(`${file}:${code.slice(0, node.start).split("\n").length} ${fault}`);
  });
  return found;
}

function learnNames(node: Node, { sleeps, elapsed }: Names): void {
  if (node.type === "VariableDeclarator" && isElapsed(node.init as Node | null, elapsed)) {
    elapsed.add(nameOf(node.id as Node));
  }
  if (node.type !== "ImportDeclaration") return;
  if (!/^(node:)?timers\/promises$/.test((node.source as { value: string }).value)) return;
  for (const { local } of node.specifiers as Node[]) sleeps.add(nameOf(local as Node));
}

function findFault(node: Node, { sleeps, elapsed }: Names, isWaiting: boolean, isJourney: boolean): string | null {
  if (node.type === "VariableDeclarator") return isLimit(node.init as Node | null) ? "options with a limit" : null;
  if (node.type === "NewExpression" && nameOf(node.callee as Node) === "Promise") {
    return !isWaiting && holdsCall(node, /^setTimeout$/) ? "a promise of setTimeout sleeps" : null;
  }
  if (node.type !== "CallExpression") return null;
  const name = nameOf(node.callee as Node);
  const root = name.split(".")[0] ?? "";
  const last = name.split(".").at(-1) ?? "";
  const more = (node.arguments as Node[]).slice(1);
  if (ownLimit.test(name)) return `${last} sets a limit`;
  if (last === "waitForTimeout" || (!isWaiting && sleeps.has(root))) return `${name} sleeps`;
  if ((runner.test(root) || wait.test(last)) && more.some(isAmount)) return `a limit for ${name}`;
  const isWait = runner.test(root) || wait.test(last);
  const takesLimit = root === "expect" ? isWait || waitingMatcher.test(last) : isWait || isJourney;
  if (takesLimit && (node.arguments as Node[]).some(isLimit)) return `a limit for ${name}`;
  const isBound = /^toBeLessThan(OrEqual)?$/.test(last) && isElapsed(findExpected(node), elapsed);
  return isBound ? "an upper bound for elapsed time" : null;
}

/** `a.b.c` of an expression; a call counts as what it calls: `expect.toBe` of `expect(1).toBe`. */
function nameOf(node: Node): string {
  if (node.type === "Identifier") return node.name as string;
  if (node.type === "MemberExpression") return `${nameOf(node.object as Node)}.${nameOf(node.property as Node)}`;
  const inner = (node.callee ?? node.tag ?? node.expression ?? node.argument) as Node | undefined;
  return inner && typeof inner === "object" ? nameOf(inner) : "";
}

/** A number of milliseconds that isn't one of the runner's limits. */
function isAmount(node: Node): boolean {
  if (node.type === "Literal") return typeof node.value === "number";
  if (node.type === "BinaryExpression") return isAmount(node.left as Node) || isAmount(node.right as Node);
  return node.type === "Identifier" && /(ms|timeout)$/i.test(nameOf(node)) && !shared.has(nameOf(node));
}

/** Options such as `{ timeout: 5000 }`. */
function isLimit(node: Node | null): boolean {
  if (node?.type !== "ObjectExpression") return false;
  return (node.properties as Node[]).some(
    ({ key, value }) => key && nameOf(key as Node) === "timeout" && isAmount(value as Node),
  );
}

/** The value inside `expect(value)` of a matcher's call. */
function findExpected(matcher: Node): Node | null {
  let node = (matcher.callee as Node).object as Node | undefined;
  while (node && node.type !== "CallExpression") node = node.object as Node | undefined;
  return (node?.arguments as Node[] | undefined)?.[0] ?? null;
}

/** Whether an expression has a difference of two times. */
function isElapsed(node: Node | null, elapsed: ReadonlySet<string>): boolean {
  let found = false;
  walk(node, false, (inner) => {
    if (inner.type === "Identifier" && elapsed.has(nameOf(inner))) found = true;
    if (inner.type === "BinaryExpression" && inner.operator === "-" && holdsCall(inner, clock)) found = true;
  });
  return found;
}

function holdsCall(node: Node, name: RegExp): boolean {
  let found = false;
  walk(node, false, (inner) => {
    if (inner.type === "CallExpression" && name.test(nameOf(inner.callee as Node))) found = true;
  });
  return found;
}

/** Visits a node and all below it; `isWaiting` in the body of a loop that ends when its condition holds. */
function walk(node: Node | null, isWaiting: boolean, visit: (node: Node, isWaiting: boolean) => void): void {
  if (!node) return;
  visit(node, isWaiting);
  const waits = isWaiting || /^(Do)?WhileStatement$/.test(node.type) || (node.type === "ForStatement" && !node.test);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child?.type === "string") walk(child as Node, waits, visit);
    }
  }
}
