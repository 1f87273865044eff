/** What `cowcheck qemu` makes of a build. */
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Trace } from '../../src/trace/format.ts';
import { readTrace } from '../../src/trace/read.ts';
import { ROOT } from '../copy-of-tree.ts';
import { inCache } from './cache.ts';
import { Failed, run } from './run.ts';

/** How each build is tried. */
export interface Budget {
  readonly runs: number;
  readonly seconds: number;
  readonly seed: string;
  readonly workers: number;
}

/** What came of it. */
export interface Trial {
  readonly name: string;
  /** Broken: found. */
  readonly verdict: 'broken' | 'holds' | 'unfinished';
  /** The one in which it was found, counted from 1; else how many there were. */
  readonly runs: number;
  readonly seconds: number;
  readonly property: string | null;
  /** What QEMU itself promises, by its number in docs/qemu-today.md. */
  readonly promise: string | null;
  /** What was wrong. */
  readonly said: string | null;
}

/** What is used of the output of `qemu --json`. */
interface Checked {
  readonly verdict: Trial['verdict'];
  readonly schedules: number;
  readonly seconds: number;
  readonly failures: readonly {
    readonly property: string;
    readonly promise: { readonly id: string } | null;
    readonly trace: string | null;
  }[];
}

export const commandOf = ({ runs, seconds, seed, workers }: Budget, binary: string): string[] =>
  ['qemu', '--binary', binary, '--runs', String(runs), '--seconds', String(seconds), '--faults', '--seed', seed].concat(
    '--workers',
    String(workers),
  );

const tracesOf = (name: string): string => inCache('traces', name);

/** The failure that was found of a build, made small. Null: none was. */
export function traceOf(name: string): Trace | null {
  const folder = tracesOf(name);
  const file = existsSync(folder) ? readdirSync(folder).find((one) => one.endsWith('.trace.yaml')) : undefined;
  return file === undefined ? null : readTrace(readFileSync(join(folder, file), 'utf8'));
}

/** How cowcheck tells of a failure, before it makes it small. */
const TOLD = /^failure 1: /m;

/**
 * @param isSmall whether the trace of a failure is wanted as small as it gets, which takes longer than to find it
 * @throws Failed if cowcheck can't run the build at all
 */
export async function tryBuild(name: string, binary: string, budget: Budget, isSmall = false): Promise<Trial> {
  rmSync(tracesOf(name), { recursive: true, force: true });
  const command = [join(ROOT, 'dist/command/main.js'), ...commandOf(budget, binary), '--out', tracesOf(name), '--json'];
  const { out, err } = await run([process.execPath, ...command], isSmall ? {} : { until: TOLD });
  if (out === '') throw new Failed(`${name} can not be tried: ${err.trim().split('\n').at(-1)}`);
  const { verdict, schedules, seconds, failures } = JSON.parse(out) as Checked;
  const failure = failures[0];
  const tried = { name, verdict, runs: schedules, seconds: Math.round(seconds) };
  if (failure === undefined) return { ...tried, property: null, promise: null, said: null };
  const said = traceOf(name)?.verdict?.detail ?? null;
  return { ...tried, property: failure.property, promise: failure.promise?.id ?? null, said };
}
