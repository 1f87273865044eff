/** What stands in docs/ is what `npm run docs` writes. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CHECKS, NOT_CHECKED } from '../../model/backup/drive-backup-checks.ts';
import type { Outcome } from '../ending/outcome.ts';
import type { MatrixRow } from '../matrix/matrix.ts';
import { DOCUMENTS } from './documents.ts';
import { driveBackupDocument } from './drive-backup.ts';
import { table } from './markdown.ts';
import { minimalDocument } from './minimal.ts';
import { RULE_NAMES } from '../../model/backup/rules.ts';
import { readTrace } from '../trace/read.ts';

const ROOT = join(import.meta.dirname, '../..');
const FILES = readdirSync(join(ROOT, 'traces'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.trace.yaml'));
const CORPUS = new Map(FILES.map((name) => [join('traces', name), readTrace(readFileSync(join(ROOT, 'traces', name), 'utf8'))]));
const json = (name: string): unknown => JSON.parse(readFileSync(join(ROOT, 'docs', name), 'utf8'));
const MATRIX = json('rules.json') as MatrixRow[];
const ENDING = json('top-ending.json') as Outcome[];

describe('docs', () => {
  it.each(DOCUMENTS)('$path is up to date', ({ path, text }) => {
    expect(readFileSync(join(ROOT, path), 'utf8'), 'run `npm run docs`').toBe(text({ corpus: CORPUS, matrix: MATRIX, ending: ENDING }));
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

describe('minimalDocument', () => {
  const lines = minimalDocument(CORPUS).split('\n');

  it('has a row for each rule, with its trace and what it costs', () => {
    for (const rule of RULE_NAMES) {
      const [row, ...more] = lines.filter((line) => line.startsWith(`| [\`${rule}\`](../traces/gallery/${rule}.trace.yaml) |`));
      expect(more).toEqual([]);
      expect(row).toMatch(/ \| \d+ \| \d+ \| \d+ \| \d+ \| (proven|best effort) \| [^|]+ \|$/);
    }
  });
});

describe('table', () => {
  it('keeps a cell in one piece', () => {
    expect(table(['a', 'b'], [['x|y', 'z']])).toBe(['| a | b |', '| --- | --- |', String.raw`| x\|y | z |`].join('\n'));
  });
});
