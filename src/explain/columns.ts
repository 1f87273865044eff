/** A trace in columns, for a terminal: one for each coroutine, then what the sector in question shows. */
import type { Trace } from '../trace/format.ts';
import { settingOf } from '../trace/replay.ts';
import { Experiment, Prefer } from '../explore/experiment.ts';
import type { ReadySteps, Strategy } from '../explore/strategy.ts';

/** Longer traces are folded: the first few rows and the last. */
const ROWS_MAX = 48;
const FIRST_ROWS = 4;
const LAST_ROWS = 16;

interface Row {
  readonly step: number;
  readonly who: string;
  readonly text: string;
  /** For the sector of the verdict: source, target, and what the backup shows. */
  readonly source: string;
  readonly target: string;
  readonly shows: string;
}

/** @returns lines of at most `width` columns where the names allow it, without colour */
export function traceColumns(trace: Trace, width = 80): string[] {
  const rows = rowsOf(trace);
  const lanes = [...new Set(rows.map((row) => row.who))].toSorted((a, b) => order(a) - order(b));
  const state = trace.verdict.sector === undefined ? [] : (['source', 'target', 'shows'] as const);
  const laneWidth = (who: string): number => Math.max(who.length, ...rows.filter((row) => row.who === who).map((row) => row.text.length));
  const cells = (row: Row): string[] => [String(row.step).padStart(4), ...lanes.map((who) => (who === row.who ? row.text : '').padEnd(laneWidth(who))), ...state.map((key) => row[key].padEnd(stateWidth(rows, key)))];
  const head = ['step', ...lanes.map((who) => who.padEnd(laneWidth(who))), ...state.map((key) => key.padEnd(stateWidth(rows, key)))];
  const table = [head, ...rows.map(cells)].map((row) => row.join('  ').trimEnd());
  if (Math.max(...table.map((line) => line.length)) <= width) return withFold(table);
  return withFold(oneLane(rows, state));
}

/** Where the lanes don't fit side by side: one, with names. */
function oneLane(rows: readonly Row[], state: readonly ('source' | 'target' | 'shows')[]): string[] {
  const texts = rows.map((row) => `${row.who}: ${row.text}`);
  const width = Math.max(...texts.map((text) => text.length));
  const line = (step: string, text: string, states: readonly string[]): string => [step.padStart(4), text.padEnd(width), ...states].join('  ').trimEnd();
  return [line('step', '', state.map((key) => key.padEnd(stateWidth(rows, key)))), ...rows.map((row, i) => line(String(row.step), texts[i]!, state.map((key) => row[key].padEnd(stateWidth(rows, key)))))];
}

const order = (who: string): number => (who === 'job' ? 0 : who === 'user' ? 1 : 2 + Number(/\d+$/.exec(who)?.[0] ?? 0));

const stateWidth = (rows: readonly Row[], key: 'source' | 'target' | 'shows'): number => Math.max(key.length, ...rows.map((row) => row[key].length));

/** The head and the first few rows, how many were left out, and the last. */
function withFold(lines: readonly string[]): string[] {
  if (lines.length <= ROWS_MAX) return [...lines];
  return [...lines.slice(0, 1 + FIRST_ROWS), `  ... ${lines.length - 1 - FIRST_ROWS - LAST_ROWS} steps ...`, ...lines.slice(-LAST_ROWS)];
}

function rowsOf(trace: Trace): Row[] {
  const experiment = new Experiment(trace.scenario, settingOf(trace));
  const rows: Row[] = [];
  const steps = trace.schedule.flatMap(({ who, what }) => {
    const step = experiment.machine.parseStep(what);
    return step === null ? [] : [{ who, step }];
  });
  const prefer = new Prefer(experiment.machine, steps);
  const watching: Strategy = {
    name: 'watching',
    start: () => prefer.start(),
    pick: (ready: ReadySteps) => prefer.pick(ready),
    done: (id, step) => {
      prefer.done(id, step);
      const { who, what, saw } = trace.schedule[rows.length] ?? { who: '', what: '', saw: '' };
      rows.push({ step: rows.length + 1, who, text: saw === '' ? what : `${what} ${saw}`, ...stateOf(experiment, trace.verdict.sector) });
    },
  };
  experiment.run(watching);
  return rows;
}

/** What the sector in question shows now. Before T0 the backup shows nothing. */
function stateOf({ machine, properties }: Experiment, sector: number | undefined): Pick<Row, 'source' | 'target' | 'shows'> {
  if (sector === undefined) return { source: '', target: '', shows: '' };
  const { source, target, world } = machine;
  const written = target.isAllocatedAt(sector) && (target.isRaw ? target.isWrittenAt(sector) : true);
  return {
    source: machine.contentName(source.contentAt(sector)),
    target: written ? machine.contentName(target.contentAt(sector)) : '-',
    shows: properties.snapshotKept.isOpen || world.cells[machine.job.status.stateCell] !== 0 ? machine.contentName(properties.snapshotKept.shows(sector).content) : '-',
  };
}
