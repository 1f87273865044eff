/** The matrix of rules: what becomes of a backup with each rule off, in each mode. Plain data, as `rules --matrix --json` writes it. */
import { type OfEachMode, SYNC_MODES, type SyncMode, ofEachMode } from '../../model/sync.ts';
import { fixOf, releasesOf } from '../../model/families/history.ts';
import { RULES, RULE_NAMES, type RuleName } from '../../model/families/notifier/rules.ts';
import type { Rule } from '../../model/families/rule.ts';
import type { WakeOrder } from '../../model/kernel/wake/orders.ts';
import { type Failure, minimalityOf } from '../shrink/failure.ts';
import type { Trace } from '../trace/format.ts';
import type { Cell } from './cell.ts';
import type { Pair } from './pairs.ts';

/** The smallest failure of a rule in a mode. */
export interface Broken {
  readonly property: string;
  readonly requests: number;
  readonly clusters: number;
  readonly preemptions: number;
  readonly steps: number;
  readonly minimal: 'proven' | 'best effort';
  readonly minimalScope?: string;
  /** The name of its file, without the folder. */
  readonly trace: string;
}

export interface MatrixCell extends Partial<Broken> {
  /** Whether the code of this mode asks the rule at all; null: nobody has listened to the end. */
  readonly asked: boolean | null;
  /** Null: somebody said stop before it was known. */
  readonly necessary: boolean | null;
  /** The wake orders under which something breaks. Only `any`: the algorithm may fail, that of QEMU does not in this way. */
  readonly wake: readonly WakeOrder[];
  /** Where what is the smallest under `any` is not possible under `qemu`: the smallest that is. */
  readonly underQemu?: Broken;
  /** By wake order without a failure: what was searched. */
  readonly searched?: Partial<Record<WakeOrder, string>>;
  /** Rules that matter only together with this one, in some scenario: it holds with either of them off, and not with both. */
  readonly together: readonly RuleName[];
  /** The same where nothing breaks without this rule alone: what keeps it from being missed. */
  readonly maskedBy: readonly RuleName[];
}

export interface MatrixRow {
  readonly name: RuleName;
  readonly sentence: string;
  /** What goes wrong without it. */
  readonly breaks: string;
  /** Releases of QEMU that had this omission, as in "1.6 to 2.6"; null: none is known. */
  readonly brokenIn: string | null;
  /** The commit that fixed it, with its release, where one is known. */
  readonly fixedBy: string | null;
  readonly modes: OfEachMode<MatrixCell, (typeof SYNC_MODES)[number]>;
}

/** What a search has come to, as far as it went. */
export interface Searched {
  /** By mode, the rules that are asked; absent: nobody has listened yet. */
  readonly asked: ReadonlyMap<SyncMode, ReadonlySet<RuleName>>;
  readonly cells: readonly Cell[];
  readonly pairs: readonly Pair[];
}

export function matrixOf(rules: readonly RuleName[], searched: Searched): MatrixRow[] {
  return rules.map((name) => ({
    name,
    ...wordsOf(name),
    modes: ofEachMode(SYNC_MODES, (mode) => cellOf(name, mode, searched)),
  }));
}

/** What the table of rules says: no search can change it. */
export function wordsOf(name: RuleName): Omit<MatrixRow, 'name' | 'modes'> {
  const { sentence, without, broken }: Rule = RULES[name];
  return {
    sentence,
    breaks: without,
    brokenIn: broken === undefined ? null : releasesOf(broken),
    fixedBy: broken === undefined ? null : fixOf(broken),
  };
}

function cellOf(rule: RuleName, mode: SyncMode, { asked, cells, pairs }: Searched): MatrixCell {
  const together = RULE_NAMES.filter((other) =>
    pairs.some((pair) => pair.mode === mode && pair.rules.includes(rule) && pair.rules.includes(other) && other !== rule),
  );
  const isAsked = asked.get(mode)?.has(rule) ?? null;
  if (isAsked === false) return { asked: false, necessary: false, wake: [], together, maskedBy: [] };
  const cell = cells.find((one) => one.rule === rule && one.mode === mode);
  if (cell === undefined || (cell.findings.length === 0 && !cell.complete))
    return { asked: isAsked, necessary: null, wake: [], together, maskedBy: [] };
  const [first, second] = cell.findings;
  return {
    asked: true,
    necessary: first !== undefined,
    wake: cell.findings.flatMap(({ wakes }) => wakes),
    ...(first === undefined ? {} : brokenOf(first.failure)),
    ...(second === undefined ? {} : { underQemu: brokenOf(second.failure) }),
    ...(Object.keys(cell.searched).length === 0 ? {} : { searched: cell.searched }),
    together,
    maskedBy: first === undefined ? together : [],
  };
}

function brokenOf({ trace, cost: { requests, clusters, preemptions, steps } }: Failure): Broken {
  return { property: trace.verdict.property, requests, clusters, preemptions, steps, ...minimalityOf(trace), trace: fileNameOf(trace) };
}

/** `lookAgainAfterWaking-full-qemu.trace.yaml`; the rules that are off, the mode, and the wake order if it is not any. */
export function fileNameOf({ without, scenario, wake }: Trace): string {
  return `${without.join('+')}-${scenario.mode}${wake === 'qemu' ? '-qemu' : ''}.trace.yaml`;
}

/** The traces that the matrix speaks of: of pairs those by which it can be seen what masks a rule that nothing else shows. */
export function tracesOf({ cells, pairs }: Searched): Trace[] {
  const isShown = ({ mode, rules }: Pair): boolean =>
    rules.every((rule) => cells.some((cell) => cell.rule === rule && cell.mode === mode && cell.findings.length > 0));
  return [
    ...cells.flatMap(({ findings }) => findings.map(({ failure }) => failure.trace)),
    ...pairs.filter((pair) => !isShown(pair)).map(({ trace }) => trace),
  ];
}
