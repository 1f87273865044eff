/** For specs only: the traces of lessons, run and looked at as the page does. */
import '../../src/families/block-copy.ts';
import '../../src/explain/of-block-copy.ts';
import { readTrace } from '../../src/trace/read.ts';
import type { Trace } from '../../src/trace/format.ts';
import { type Grid, type RowName, gridOf } from '../../src/run/grid.ts';
import { runOfTrace } from '../../src/run/of-trace.ts';
import type { Run, RunStep } from '../../src/run/run.ts';

const FILES = import.meta.glob<string>('../../traces/lessons/*.trace.yaml', { query: '?raw', import: 'default', eager: true });

export const TRACES: ReadonlyMap<string, Trace> = new Map(
  Object.entries(FILES).map(([path, text]) => [path.replace(/^.*\/(.*)\.trace\.yaml$/, '$1'), readTrace(text)]),
);

export function traceNamed(name: string): Trace {
  const trace = TRACES.get(name);
  if (trace === undefined) throw new Error(`there is no traces/lessons/${name}.trace.yaml`);
  return trace;
}

/** A trace as it was played. */
export class Played {
  readonly run: Run;

  constructor(name: string) {
    const { run, parted } = runOfTrace(traceNamed(name));
    if (parted !== null) throw new Error(`${name} can not be followed: ${parted.expected}`);
    this.run = run;
  }

  get end(): number {
    return this.run.length;
  }

  /** The chosen coroutine runs next, by default the first that is ready, until none is. */
  goOn(choose: (ready: readonly number[]) => number = ([first]) => first!): this {
    for (let ready = this.run.readyAfter(this.end); ready.length > 0; ready = this.run.readyAfter(this.end)) this.run.take(choose(ready));
    return this;
  }

  /** The number of the first step that is so, from 1. @throws if there is none */
  first(who: string, what: string): number {
    const at = this.run.steps.findIndex((step) => step.who === who && step.what === what);
    if (at < 0) throw new Error(`there is no step ${who}: ${what}`);
    return at + 1;
  }

  saw(who: string, what: string): string {
    return this.run.steps[this.first(who, what) - 1]!.saw;
  }

  stepsOf(who: string): readonly RunStep[] {
    return this.run.steps.filter((step) => step.who === who);
  }

  /** Whether it had to do with a copy before it could go on: made one, or waited for one. */
  hasWaited(who: string): boolean {
    return this.stepsOf(who).some(({ what }) => /^(?:copy|wait)\b/.test(what));
  }

  grid(n = this.end): Grid {
    return gridOf(this.run, n);
  }

  /** What a row of the disks says after so many steps. */
  row(name: RowName, n = this.end): string[] {
    return this.grid(n)
      .rows.find((row) => row.name === name)!
      .cells.map(({ text }) => text);
  }

  /** Clusters of which the target holds anything. */
  clustersInTarget(n = this.end): number[] {
    const cells = this.grid(n).rows.find(({ name }) => name === 'target')!.cells;
    return [...new Set(cells.flatMap(({ kind }, s) => (kind === 'hole' ? [] : [Math.floor(s / this.run.machine.clusterSectors)])))];
  }
}
