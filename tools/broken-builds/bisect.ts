/**
 * Has `git bisect run`, with the reproducer of a trace, name the commit that broke QEMU: in a history of five commits of which the
 * last two have the mistake. The other commits change QEMU, too, and break nothing.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { reproducerOf } from '../../src/edge/qemu/reproducer/reproducer.ts';
import type { Trace } from '../../src/trace/format.ts';
import { TARGET, textsWith } from './build.ts';
import { inCache } from './cache.ts';
import type { Edit } from './edit.ts';
import { KNOWN_BUGS } from './edits.ts';
import { Failed, done } from './run.ts';

const BLOCK_COPY = 'block/block-copy.c';
const harmless = (name: string, was: string, is: string): Pick<Edit, 'name' | 'changes'> => ({
  name,
  changes: [{ file: BLOCK_COPY, was, is }],
});

/** Oldest first; the edit comes fourth. */
const HARMLESS = [
  harmless('block-copy: less memory', 'BLOCK_COPY_MAX_MEM (128 * MiB)', 'BLOCK_COPY_MAX_MEM (64 * MiB)'),
  harmless('block-copy: fewer workers', 'BLOCK_COPY_MAX_WORKERS 64', 'BLOCK_COPY_MAX_WORKERS 32'),
  harmless('block-copy: longer slices', '100000000ULL /* ns */', '200000000ULL /* ns */'),
] as const;

export interface Bisected {
  /** What git printed. */
  readonly log: string;
  readonly isRight: boolean;
}

/** @throws Failed */
export async function bisect(edit: Edit, trace: Trace): Promise<Bisected> {
  const repository = inCache('bisect');
  rmSync(repository, { recursive: true, force: true });
  mkdirSync(repository);
  const git = (...args: string[]): Promise<string> =>
    done('git bisect', ['git', '-c', 'user.name=cowcheck', '-c', 'user.email=cowcheck@localhost', ...args], { cwd: repository });
  await git('init', '-q');
  const mistake = `block: ${edit.name}`;
  const history = [{ name: 'QEMU', changes: [] }, ...HARMLESS.slice(0, 2), { ...edit, name: mistake }, ...HARMLESS.slice(2)];
  const files = history.flatMap(({ changes }) => changes.map(({ file }) => file));
  for (let n = 1; n <= history.length; n++) {
    const { name } = history[n - 1]!;
    const texts = textsWith([...history.slice(0, n), ...KNOWN_BUGS], files);
    for (const [file, text] of texts) {
      mkdirSync(join(repository, dirname(file)), { recursive: true });
      writeFileSync(join(repository, file), text);
    }
    await git('add', '-A');
    await git('commit', '-q', '-m', name);
  }
  const reproducer = inCache('reproducer.py');
  writeFileSync(reproducer, reproducerOf(trace));
  const script = inCache('bisect.sh');
  writeFileSync(script, scriptOf(reproducer));
  await git('bisect', 'start', 'HEAD', 'HEAD~4');
  const log = await git('bisect', 'run', 'sh', script);
  if (!/ is the first bad commit/.test(log)) throw new Failed(`git bisect came to no end: ${log.trim().split('\n').at(-1)}`);
  const first = await git('log', '-1', '--format=%s', 'refs/bisect/bad');
  return { log, isRight: first.trim() === mistake };
}

const scriptOf = (reproducer: string): string =>
  [
    `tree=${inCache('tree')}`,
    'for file in $(git ls-files); do cmp -s "$file" "$tree/$file" || cp "$file" "$tree/$file"; done',
    `nice -n 19 ninja -C "$tree/build" -j2 ${TARGET} > /dev/null || exit 125`,
    `said=$(python3 ${reproducer} "$tree/build/${TARGET}")`,
    'status=$?',
    'echo "$said" | tail -1',
    'exit $status',
    '',
  ].join('\n');
