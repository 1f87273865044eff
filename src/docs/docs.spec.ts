/** What stands in docs/ is what `npm run docs` writes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CHECKS, NOT_CHECKED } from '../../model/backup/drive-backup-checks.ts';
import { DOCUMENTS } from './documents.ts';
import { driveBackupDocument } from './drive-backup.ts';
import { table } from './markdown.ts';

const ROOT = join(import.meta.dirname, '../..');

describe('docs', () => {
  it.each(DOCUMENTS)('$path is up to date', ({ path, text }) => {
    expect(readFileSync(join(ROOT, path), 'utf8'), 'run `npm run docs`').toBe(text());
  });
});

describe('driveBackupDocument', () => {
  const lines = driveBackupDocument().split('\n');

  it('has the checks in their order, each with a text of its own', () => {
    const cells = lines.filter((line) => /^\| \d+ \|/.test(line)).map((line) => line.split(' | '));
    expect(cells.map(([n, name]) => `${n} ${name}`)).toEqual(CHECKS.map(({ name }, i) => `| ${i + 1} \`${name}\``));
    expect(new Set(cells.map(([, , , , text]) => text)).size).toBe(CHECKS.length);
  });

  it('says what a new target is laid over, and that TOP of an image without a backing file is FULL', () => {
    expect(lines).toEqual(
      expect.arrayContaining([
        '| FULL | `/vm/base.qcow2` | FULL | nothing |',
        '| TOP | `/vm/base.qcow2` | TOP | `/vm/base.qcow2` |',
        '| TOP | no | FULL | nothing |',
        '| NONE | no | NONE | `/vm/disk.qcow2` |',
      ]),
    );
  });

  it('has a row for each thing that is not checked', () => {
    for (const { name, since } of NOT_CHECKED) expect(lines.filter((line) => line.startsWith(`| \`${name}\` |`) && line.endsWith(`| ${since} |`))).toHaveLength(1);
  });
});

describe('table', () => {
  it('keeps a cell in one piece', () => {
    expect(table(['a', 'b'], [['x|y', 'z']])).toBe(['| a | b |', '| --- | --- |', String.raw`| x\|y | z |`].join('\n'));
  });
});
