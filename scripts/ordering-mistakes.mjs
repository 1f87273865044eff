#!/usr/bin/env node
/**
 * `npm run mistakes`: ordering mistakes that no rule names. Each is made in a copy of the built
 * model/families/notifier/, by moving lines, and the default search must find it. It shows that the search finds
 * more than what the table of rules foresees.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A mistake is a line that runs too early: the line that begins with `take` is put in front of the one that begins with `before`. */
const MISTAKES = [
  {
    name: 'the lock of the copies is given back before the copy',
    file: 'copy-before-write.js',
    take: 'copies.unlockShared();',
    before: 'let error = NO_ERROR;',
  },
  {
    name: 'a copy registers before it waits for others',
    file: 'copy-before-write.js',
    take: 'inFlight.begin(me,',
    before: 'yield* waitForOverlapping(job, me);',
  },
  {
    name: 'the buffer is freed before its data is stored',
    file: 'copy-before-write.js',
    take: 'me.forgetBuffer(cluster);',
    before: 'error = yield* store(job, me, cluster);',
    nth: 1,
  },
  {
    name: 'the point in time is taken before the drain',
    file: 'job.js',
    take: 'this.begin(JobState.active);',
    before: 'if (rules.drainGuestAtStart)',
  },
  { name: 'the hook is linked before the drain', file: 'job.js', take: 'source.linkHook();', before: 'if (rules.drainGuestAtStart)' },
  {
    name: 'the bitmap is freed before the copies in flight have ended',
    file: 'job.js',
    take: 'copied.free();',
    before: 'if (rules.drainBeforeUnhook)',
  },
  {
    name: 'the target is closed before the copies in flight have ended',
    file: 'job.js',
    take: 'target.image.close();',
    before: 'if (rules.drainBeforeUnhook)',
  },
];

const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'cowcheck-mistakes-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
cpSync(join(root, 'dist'), join(scratch, 'dist'), { recursive: true });
cpSync(join(root, 'package.json'), join(scratch, 'package.json'));
symlinkSync(join(root, 'node_modules'), join(scratch, 'node_modules'));

for (const mistake of MISTAKES) {
  const { verdict, schedules, failures } = searchWith(mistake);
  if (verdict === 'broken')
    console.log(`found in ${String(schedules).padStart(6)} schedules: ${mistake.name} (${failures[0].mode}, ${failures[0].property})`);
  else {
    console.log(`NOT FOUND in ${schedules} schedules: ${mistake.name}`);
    process.exitCode = 1;
  }
}

function searchWith({ file, take, before, nth = 0 }) {
  const path = join(scratch, 'dist/model/families/notifier', file);
  const right = readFileSync(path, 'utf8');
  writeFileSync(path, moved(right.split('\n'), take, before, nth).join('\n'));
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['dist/src/edge/cli/main.js', 'check', '--seed', 'mistakes', '--json', '--out', join(scratch, 'traces')],
    { cwd: scratch, encoding: 'utf8' },
  );
  writeFileSync(path, right);
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

function moved(lines, start, before, nth) {
  const from = lines.map((line, i) => (line.trim().startsWith(start) ? i : -1)).filter((i) => i >= 0)[nth];
  if (from === undefined) throw new Error(`no line begins with ${start}`);
  const [line] = lines.splice(from, 1);
  const to = lines.findIndex((other) => other.trim().startsWith(before));
  if (to < 0) throw new Error(`no line begins with ${before}`);
  lines.splice(to, 0, line);
  return lines;
}
