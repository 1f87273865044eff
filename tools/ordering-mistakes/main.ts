/**
 * Makes mistakes that no rule names (mistakes.ts), each in a copy of the built model/, by moving a line or changing it. The
 * default search must find them all, which shows that it finds more than the table of rules foresees.
 *
 *     npm run mistakes
 *
 * Exit status: 0 all were found, 1 some were not.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, linkBuilt, scratchFolder } from '../copy-of-tree.ts';
import { type Changed, MISTAKES, type Mistake, type Moved } from './mistakes.ts';

/** What is used of the output of `check --json`. */
interface Checked {
  readonly verdict: string;
  readonly schedules: number;
  readonly failures: readonly { readonly mode: string; readonly property: string }[];
}

const CHECK = ['dist/src/edge/cli/main.js', 'check', '--seed', 'mistakes', '--json'];

const scratch = scratchFolder('mistakes');
linkBuilt(ROOT, scratch);

for (const mistake of MISTAKES) {
  const { verdict, schedules, failures } = searchWith(mistake);
  if (verdict === 'broken')
    console.log(`found in ${String(schedules).padStart(6)} schedules: ${mistake.name} (${failures[0]!.mode}, ${failures[0]!.property})`);
  else {
    console.log(`NOT FOUND in ${schedules} schedules: ${mistake.name}`);
    process.exitCode = 1;
  }
}

function searchWith(mistake: Mistake): Checked {
  const path = join(scratch, 'dist/model', mistake.file);
  const right = readFileSync(path, 'utf8');
  writeFileSync(path, 'was' in mistake ? changed(right, mistake) : moved(right.split('\n'), mistake).join('\n'));
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [...CHECK, '--out', join(scratch, 'traces'), ...('was' in mistake ? ['--faults'] : [])],
    { cwd: scratch, encoding: 'utf8' },
  );
  writeFileSync(path, right);
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Checked;
}

function changed(text: string, { was, is }: Changed): string {
  if (text.split(was).length !== 2) throw new Error(`expected this once: ${was}`);
  return text.replace(was, is);
}

function moved(lines: readonly string[], { take, before, nth = 0 }: Moved): string[] {
  const from = lines.map((line, i) => (line.trim().startsWith(take) ? i : -1)).filter((i) => i >= 0)[nth];
  if (from === undefined) throw new Error(`no line begins with ${take}`);
  const others = lines.toSpliced(from, 1);
  const to = others.findIndex((line) => line.trim().startsWith(before));
  if (to < 0) throw new Error(`no line begins with ${before}`);
  return others.toSpliced(to, 0, lines[from]!);
}
