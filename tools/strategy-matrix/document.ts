/** What `npm run matrix` writes: medians by rule and strategy, with all that was measured summed up, and one race on its own. */

export interface Column {
  readonly strategy: string;
  readonly clusters: number;
  readonly writes: number;
}

/** How many schedules each search needed; Infinity: it found nothing. */
export type Needed = readonly number[];

export interface Measured {
  readonly columns: readonly Column[];
  /** With a cell for each column. */
  readonly rows: readonly { readonly rule: string; readonly mode: string; readonly cells: readonly Needed[] }[];
  /** With a cell for each size of the disks. */
  readonly race: readonly { readonly strategy: string; readonly cells: readonly Needed[] }[];
  readonly seeds: number;
  readonly raceSeeds: number;
  /** Budgets, in schedules. */
  readonly max: number;
  readonly raceMax: number;
}

export function document({ columns, rows, race, seeds, raceSeeds, max, raceMax }: Measured): string {
  const all = columns.map((_, c) => rows.flatMap(({ cells }) => cells[c]!));
  const total = (name: string, q: number): string[] => [`**all: ${name}**`, '', ...all.map((needed) => `**${show(quantile(needed, q))}**`)];
  return `# How many schedules until a broken rule shows

Written by \`npm run matrix\`. In brackets the largest scenarios: clusters of the disk, and guest requests.
I/O takes effect per sector, the wake order is \`any\`, and errors are injected where the rule needs them.
Each figure is the median of ${seeds} seeds. A figure in brackets behind it says in how many of them nothing was
found within ${show(max)} schedules. Differences below a factor of two are chance.

${table(
  ['rule off', 'mode', ...columns.map(({ strategy, clusters, writes }) => `${strategy} (${clusters}, ${writes})`)],
  rows.map(({ rule, mode, cells }) => [rule, mode.toUpperCase(), ...cells.map(cell)]),
  [total('median', 0.5), total('p90', 0.9), total('p99', 0.99), ['**all: missed**', '', ...all.map((needed) => `**${missed(needed)}**`)]],
)}

## One race on plain disks

A TOP job that does not wait for the copies in flight before it unlinks its hook (\`drainBeforeUnhook\`). Above,
scenarios vary in size and kind, and some are small enough for any strategy. Here the disks have exactly
this size, half of it allocated, and exactly so many small writes. ${raceSeeds} seeds, ${show(raceMax)} schedules each.

${table(
  ['strategy', '(4, 3)', '(16, 8)'],
  race.map(({ strategy, cells }) => [strategy, ...cells.map(cell)]),
  [],
)}

The guest's copy must begin before the job ends, and still be on its way after that: the longer the job, the longer
must somebody starve. What draws lots at each step hardly ever makes a guest wait that long. PCT does, on small
disks as on large ones, and so the portfolio does.
`;
}

const table = (head: readonly string[], rows: readonly string[][], totals: readonly string[][]): string =>
  [head, head.map((_, i) => (i === 0 || head[i] === 'mode' ? '---' : '---:')), ...rows, ...totals]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
const missed = (needed: Needed): number => needed.filter((n) => n === Infinity).length;
const cell = (needed: Needed): string => `${show(quantile(needed, 0.5))}${missed(needed) > 0 ? ` (${missed(needed)})` : ''}`;
const show = (n: number): string => (n === Infinity ? '-' : n.toLocaleString('en-US'));

/** The smallest number that at least this part of the list does not exceed. */
function quantile(list: readonly number[], q: number): number {
  return list.toSorted((a, b) => a - b)[Math.ceil(list.length * q) - 1]!;
}
