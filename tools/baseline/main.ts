/**
 * Shows that a change of the house is no change of its outcome: runs many commands, and compares a hash of the outcome
 * of each, times aside, with the one on record in `hashes.json`.
 *
 *     node dist/tools/baseline/main.js
 *
 * Exit status: 0 all the same, 1 some differ, 2 bad usage.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT, scratchFolder } from '../copy-of-tree.ts';
import { type Case, casesOf } from './cases.ts';
import { hashOfOutcome } from './outcome.ts';

const HELP = `Usage: node dist/tools/baseline/main.js [options]

  --write        put the hashes of this tree on record
  --only REGEXP  cases whose name matches
  --tree DIR     the built command of another tree (default: this one); traces and examples are this one's
  --workers N    cases at a time (default: cores)
  --list         print the names of the cases, and run none
  --help         print this

Examples:
  node dist/tools/baseline/main.js --only '^(check|exhaustive)'
  node dist/tools/baseline/main.js --only '^explain' --write
`;

const RECORD = join(ROOT, 'tools/baseline/hashes.json');
/** More than so many differences are no accident. */
const AGAIN_MAX = 20;

process.exitCode = await main();

/** @returns the exit status */
async function main(): Promise<number> {
  const options = readOptions();
  if (options instanceof Error) {
    process.stderr.write(`baseline: ${options.message} See: --help\n`);
    return 2;
  }
  if (options.help) return print(HELP);
  const cases = casesOf(ROOT).filter(({ name }) => options.only.test(name));
  if (cases.length === 0) return print('baseline: no case has such a name\n', 2);
  if (options.list) return print(cases.map(({ name }) => `${name}\n`).join(''));
  const hashes = await hashesOf(cases, options.tree, options.workers);
  if (options.write) return record(hashes);
  // Once more, alone: a failure is told without its cause where that takes two seconds, as it may on a busy machine.
  const again = cases.filter(({ name }) => hashes.get(name) !== onRecord()[name]);
  if (again.length <= AGAIN_MAX) for (const [name, hash] of await hashesOf(again, options.tree, 1)) hashes.set(name, hash);
  return compare(hashes);
}

function readOptions() {
  const flag = { type: 'boolean', default: false } as const;
  try {
    const { values } = parseArgs({
      options: {
        write: flag,
        list: flag,
        help: flag,
        only: { type: 'string', default: '' },
        tree: { type: 'string', default: ROOT },
        workers: { type: 'string', default: String(availableParallelism()) },
      },
    });
    const workers = Number(values.workers);
    if (!Number.isInteger(workers) || workers < 1) throw new Error(`--workers takes a number from 1 on, not ${values.workers}.`);
    return { ...values, workers, only: new RegExp(values.only) };
  } catch (error) {
    return error as Error;
  }
}

/** @param tree the one whose command runs */
async function hashesOf(cases: readonly Case[], tree: string, workers: number): Promise<Map<string, string>> {
  const { bin } = JSON.parse(readFileSync(join(tree, 'package.json'), 'utf8')) as { bin: { cowcheck: string } };
  const command = resolve(tree, bin.cowcheck);
  const scratch = scratchFolder('baseline');
  const hashes = new Map(cases.map(({ name }) => [name, '']));
  const left = cases.values();
  let done = 0;
  const work = async (): Promise<void> => {
    for (const one of left) {
      hashes.set(one.name, await hashOfOutcome(one, command, ROOT, scratch));
      if (++done % 100 === 0) process.stderr.write(`baseline: ${done} of ${cases.length} cases\n`);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return hashes;
}

/** By name of a case. Nothing, as long as nothing was put on record. */
function onRecord(): Record<string, string> {
  return existsSync(RECORD) ? (JSON.parse(readFileSync(RECORD, 'utf8')) as Record<string, string>) : {};
}

/** Keeps what is on record of other cases, unless there is no such case any more. */
function record(hashes: ReadonlyMap<string, string>): number {
  const before = onRecord();
  const names = casesOf(ROOT).map(({ name }) => name);
  const all = names.flatMap((name) => ((hash) => (hash === undefined ? [] : [[name, hash]]))(hashes.get(name) ?? before[name]));
  writeFileSync(RECORD, `${JSON.stringify(Object.fromEntries(all), null, 1)}\n`);
  return print(`baseline: ${hashes.size} hashes on record\n`);
}

function compare(hashes: ReadonlyMap<string, string>): number {
  const before = onRecord();
  const differing = [...hashes].filter(([name, hash]) => before[name] !== hash);
  for (const [name] of differing) print(`${before[name] === undefined ? 'not on record' : 'differs'}: ${name}\n`);
  return print(`baseline: ${hashes.size - differing.length} of ${hashes.size} are the same\n`, differing.length === 0 ? 0 : 1);
}

function print(text: string, status = 0): number {
  process.stdout.write(text);
  return status;
}
