/**
 * Mutants of the checker, each with one edit in one line, in a copy of the tree. At least 95 % must turn a spec red, and every
 * reduction that is known to miss failures must.
 *
 * Exit status: 0 enough are killed, 1 too few, or an unsound reduction survived; 2 bad usage; 130 interrupted.
 */
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT, copySources, scratchFolder } from '../copy-of-tree.ts';
import { EQUIVALENT } from './equivalent.ts';
import { tenthOf } from '../mutants/mutant.ts';
import { type CheckerMutant, checkerMutants, lostMutants } from './mutants.ts';
import { type Fate, type Limits, type Result, areGreen, tried } from './specs.ts';
import { nearestSpecs } from './sources.ts';

const HELP = `Usage: node dist/tools/checker-mutants/main.js [options]

  --tenth      a fixed tenth of the mutants
  --seconds N  at most so long for each (default: 40)
  --only ID    this mutant, or those of this file; may be repeated
  --nearest    only the specs that are nearest to the changed file: a quick look
  --list       print the mutants, and run none
`;
const KILLED_MIN = 0.95;
/** Of all nearest specs together, without any edit. */
const BASELINE_SECONDS = 600;

async function main(): Promise<number> {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        tenth: { type: 'boolean' },
        seconds: { type: 'string', default: '40' },
        only: { type: 'string', multiple: true },
        nearest: { type: 'boolean', default: false },
        list: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }));
  } catch (error) {
    process.stderr.write(`checker-mutants: ${(error as Error).message.split('\n', 1)[0]!} See: --help\n`);
    return 2;
  }
  if (values.help === true) return print(HELP, 0);
  const all = checkerMutants(ROOT);
  const { only } = values;
  const mutants =
    only !== undefined
      ? all.filter(({ id, file }) => only.includes(id) || only.includes(file))
      : values.tenth === true
        ? tenthOf(all)
        : all;
  if (values.list === true) return print(mutants.map((mutant) => `${mutant.id} ${mutant.file} ${mutant.says}\n`).join(''), 0);
  const lost = lostMutants(ROOT);
  for (const { file, was } of lost) print(`unsound.ts: expected this once in ${file}: ${was}\n`, 0);
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupt.abort());
  const fates = await runAll(
    mutants,
    { seconds: Number(values.seconds), nearestOnly: values.nearest },
    values.tenth !== true,
    interrupt.signal,
  );
  if (interrupt.signal.aborted) return 130;
  return Math.max(conclude(fates, mutants.filter(({ id }) => EQUIVALENT[id] !== undefined).length), lost.length > 0 ? 1 : 0);
}

/** @param areChecked whether the specs are run once without an edit: CI has just done so */
async function runAll(
  mutants: readonly CheckerMutant[],
  limits: Limits,
  areChecked: boolean,
  interrupt: AbortSignal,
): Promise<Map<CheckerMutant, Result>> {
  const tree = copyForSpecs();
  const all = [...new Set(mutants.flatMap(({ file }) => nearestSpecs(file, tree)))];
  if (areChecked && !(await areGreen(all, tree, BASELINE_SECONDS, interrupt)) && !interrupt.aborted)
    throw new Error('the nearest specs are not green without any edit');
  const fates = new Map<CheckerMutant, Result>();
  for (const mutant of mutants) {
    if (interrupt.aborted) break;
    if (EQUIVALENT[mutant.id] !== undefined) continue;
    const result = await tried(mutant, tree, limits, interrupt);
    if (interrupt.aborted) break;
    fates.set(mutant, result);
    const { fate, ranAll } = result;
    print(
      `${mutant.id} ${fate.padEnd(8)} ${result.seconds.toFixed(1).padStart(5)} s ` +
        ` ${mutant.file} ${fate === 'killed' ? mutant.says.split('\n', 1)[0]! : mutant.says}` +
        `${fate === 'survived' && !ranAll ? '\n  not all related specs were run' : ''}\n`,
      0,
    );
  }
  return fates;
}

/** @returns the exit status */
function conclude(fates: ReadonlyMap<CheckerMutant, Result>, equivalent: number): number {
  const of = (wanted: Fate): CheckerMutant[] => [...fates].filter(([, { fate }]) => fate === wanted).map(([mutant]) => mutant);
  const survivors = of('survived');
  const parts = [...new Set([...fates.keys()].map(({ part }) => part))];
  print(
    `\n${fates.size} mutants of ${new Set([...fates.keys()].map(({ file }) => file)).size} ` +
      `files: ${of('killed').length} killed, ${of('hangs').length} hang, which counts as ` +
      `killed, ${survivors.length} survived; ${equivalent} are the same checker, and were not run\n`,
    0,
  );
  for (const part of parts) {
    const those = [...fates].filter(([mutant]) => mutant.part === part);
    print(`  ${part.padEnd(18)} ${those.filter(([, { fate }]) => fate !== 'survived').length} of ${those.length}\n`, 0);
  }
  const unsound = survivors.filter(({ isUnsound }) => isUnsound);
  for (const { file, says } of unsound) print(`AN UNSOUND REDUCTION SURVIVED: ${file} ${says}\n`, 0);
  const isEnough = survivors.length <= (1 - KILLED_MIN) * fates.size;
  if (!isEnough) print(`too many survived: at least ${100 * KILLED_MIN} % must turn a spec red\n`, 0);
  return isEnough && unsound.length === 0 ? 0 : 1;
}

/** A copy of the tree with packages of its own as far as a test runner writes there. */
function copyForSpecs(): string {
  const tree = scratchFolder('checker-mutants');
  copySources(ROOT, tree);
  mkdirSync(join(tree, 'node_modules'));
  for (const name of readdirSync(join(ROOT, 'node_modules')))
    if (!name.startsWith('.vite')) symlinkSync(join(ROOT, 'node_modules', name), join(tree, 'node_modules', name));
  return tree;
}

function print(text: string, status: number): number {
  process.stdout.write(text);
  return status;
}

process.exitCode = await main();
