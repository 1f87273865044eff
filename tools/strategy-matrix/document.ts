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

/** Of the family block-copy. */
export function documentToday(measured: Measured): string {
  const { seeds, max } = measured;
  return `<!-- Written by \`npm run matrix\`. -->

# How many schedules until a broken rule of block-copy shows

Written by \`npm run matrix -- --family block-copy\`. In brackets the largest scenarios: clusters of the disk, and guest
requests. Modes take turns, 512 schedules each, and a scenario may ask for all that the job knows, errors among it, as
\`check --job block-copy --faults\` draws them. I/O takes effect per sector, the wake order is \`any\`. Each figure is the median of
${seeds} seeds, with the p90 in the next column. A figure in brackets behind it says in how many of them nothing was found within
${show(max)} schedules.

${summary(measured, true)}
`;
}

function summary({ columns, rows }: Pick<Measured, 'columns' | 'rows'>, hasP90 = false): string {
  const all = columns.map((_, c) => rows.flatMap(({ cells }) => cells[c]!));
  const figures = (needed: Needed): string[] => (hasP90 ? [cell(needed), show(quantile(needed, 0.9))] : [cell(needed)]);
  const sums = (text: (needed: Needed) => string): string[] => all.flatMap((needed) => [`**${text(needed)}**`, ...(hasP90 ? [''] : [])]);
  const total = (name: string, q: number): string[] => [`**all: ${name}**`, '', ...sums((needed) => show(quantile(needed, q)))];
  return table(
    [
      'rule off',
      'mode',
      ...columns.flatMap(({ strategy, clusters, writes }) => [`${strategy} (${clusters}, ${writes})`, ...(hasP90 ? ['p90'] : [])]),
    ],
    rows.map(({ rule, mode, cells }) => [rule, mode.toUpperCase(), ...cells.flatMap(figures)]),
    [total('median', 0.5), total('p90', 0.9), total('p99', 0.99), ['**all: missed**', '', ...sums((needed) => String(missed(needed)))]],
  );
}

export function document(measured: Measured): string {
  const { race, seeds, raceSeeds, max, raceMax } = measured;
  return `<!-- Written by \`npm run matrix\`. -->

# How many schedules until a broken rule shows

In brackets the largest scenarios: clusters of the disk, and guest requests.
I/O takes effect per sector, the wake order is \`any\`, and errors are injected where the rule needs them.
Each figure is the median of ${seeds} seeds. A figure in brackets behind it says in how many of them nothing was
found within ${show(max)} schedules. Differences below a factor of two are chance.

${summary(measured)}

## One race on plain disks

A TOP job that does not wait for the copies in flight before it unlinks its hook (\`drainBeforeUnhook\`). Above,
scenarios vary in size and kind, and some are small enough for any strategy. Here the disks have exactly
this size, half of it allocated, and exactly so many small writes. ${raceSeeds} seeds, ${show(raceMax)} schedules each.

${table(
  ['strategy', '(4, 3)', '(16, 8)'],
  race.map(({ strategy, cells }) => [strategy, ...cells.map(cell)]),
  [],
)}

The guest's copy must begin before the job ends, and still be under way after that: the longer the job, the longer the
guest must wait. A strategy that draws at each step hardly ever makes it wait that long. PCT does, on small disks as on
large ones, and so the portfolio does.
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
