/**
 * A run on a real QEMU in columns, out of its own record: nobody sees what QEMU reads and writes in its memory, but what each
 * request took from a disk, or put there, is all that a backup can be made of.
 */
import type { GuestOperation } from '../../model/scenario/scenario.ts';
import { syncOf } from '../../model/sync.ts';
import type { Trace, TraceStep } from '../trace/format.ts';
import { parseStretch } from '../validate/contents-text.ts';
import { cut } from './columns.ts';
import { plural } from './story/words.ts';

/** A step, and what the sector in question holds after it. */
export interface RealRow {
  readonly n: number;
  readonly who: string;
  readonly what: string;
  /** Empty: the target has nothing there, so the source shows through. */
  readonly source: string;
  readonly target: string;
  /** Whether it had a part in what became of the sector. */
  readonly hasPart: boolean;
}

/** The sector that a run is told about: the broken one, else the first that a guest asks for. */
export const sectorOf = ({ verdict, scenario }: Trace): number =>
  verdict?.sector ?? scenario.guest.find(({ count }) => count > 0)?.first ?? 0;

export function realRows(trace: Trace): RealRow[] {
  const sector = sectorOf(trace);
  const { scenario, schedule } = trace;
  const holds: Record<string, string> = { source: shownAtBegin(trace, sector), target: '' };
  return schedule.map((step, i) => {
    const content = contentIn(step, sector);
    if (content !== null && !step.what.startsWith('read.')) holds[step.who] = content;
    const asked = scenario.guest.find(({ id }) => id === step.who);
    const told = toldIn(
      step,
      scenario.guest.filter((g) => covers(g, sector)).map(({ id }) => id),
    );
    const hasPart = content !== null || (asked !== undefined && covers(asked, sector)) || told.length > 0 || i === schedule.length - 1;
    const what = asked === undefined ? step.what : rangeOf(asked);
    return {
      n: i + 1,
      who: step.who,
      what: [what, ...(content === null ? [] : [content]), ...told].join(' '),
      source: holds['source']!,
      target: holds['target']!,
      hasPart,
    };
  });
}

function shownAtBegin({ scenario: { disk } }: Trace, sector: number): string {
  const { zero, overlay } = disk;
  const own = overlay === undefined ? -1 : Math.floor(sector / overlay.clusterSectors);
  const isPastBase = overlay !== undefined && !overlay.allocated.includes(own) && sector >= (overlay.baseSectors ?? 0);
  return zero.includes(sector) || overlay?.zeroClusters.includes(own) === true || isPastBase ? 'zero' : `s${sector}@0`;
}

/** What a step took from the sector, or has put there. */
function contentIn({ saw }: TraceStep, sector: number): string | null {
  const stretch = saw
    .split(', ')
    .map(parseStretch)
    .find((found) => found !== null);
  return stretch?.names[sector - stretch.first] ?? null;
}

/** T0, the job's end and its errors, and who of these guests has been answered. */
function toldIn({ who, what, saw }: TraceStep, guests: readonly string[]): string[] {
  const told = saw.split(', ').flatMap((text) => {
    const [first, second] = text.split(' ');
    if (text === 'started') return ['T0'];
    if (text.startsWith('BLOCK_JOB_')) return [text.replace('BLOCK_JOB_', '')];
    return second !== undefined && guests.includes(first!) && (second === 'ok' || second === 'error') ? [text] : [];
  });
  return [
    ...(what === 'start filter' ? ['T0'] : []),
    ...(who === 'user' && told.length === 0 && what !== 'start filter' ? ['(asked)'] : []),
    ...told,
  ];
}

const covers = ({ first, count }: GuestOperation, sector: number): boolean => first <= sector && sector < first + count;

const rangeOf = ({ kind, first, count }: GuestOperation): string =>
  count === 0 ? kind : count === 1 ? `${kind} sector ${first}` : `${kind} sectors ${first}-${first + count - 1}`;

const SHOWN = ['source', 'target', 'shows'] as const;

/** @returns lines of at most `width` columns where the names allow it; the last step of a broken run is marked `X` */
export function realColumns(trace: Trace, { width, full }: { width: number; full: boolean }): string[] {
  const isBroken = trace.verdict !== null;
  const rows = realRows(trace);
  const cells = rows.map(({ n, who, what, source, target }) => [
    `${isBroken && n === rows.length ? 'X' : ' '}   ${String(n).padStart(4)}`,
    `${who}: ${what}`,
    source,
    target === '' ? '-' : target,
    target === '' && syncOf(trace.scenario.mode).beneath === 'source' ? source : target,
  ]);
  const table = [['    step', `(sector ${sectorOf(trace)})`, ...SHOWN], ...cells];
  const shown = [true, ...rows.map(({ hasPart }) => full || hasPart)];
  const widths = table[0]!.map((_, i) => Math.max(...table.map((row, at) => (shown[at]! ? row[i]!.length : 0))));
  widths[1] = Math.min(
    widths[1]!,
    Math.max(TEXT_MIN, width - widths.reduce((sum, each) => sum + each + GAP.length, -GAP.length) + widths[1]!),
  );
  const lines: string[] = [];
  let folded = 0;
  const unfold = (): void => {
    if (folded > 0) lines.push(`          ... ${plural(folded, 'unrelated step')} ...`);
    folded = 0;
  };
  for (const [at, row] of table.entries()) {
    if (shown[at]!) unfold();
    else folded++;
    if (shown[at]!)
      lines.push(
        row
          .map((cell, i) => cut(cell, widths[i]!).padEnd(widths[i]!))
          .join(GAP)
          .trimEnd(),
      );
  }
  return lines;
}

const GAP = '  ';
const TEXT_MIN = 20;
