/** What stands in docs/ is what `npm run docs` writes. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CHECKS, NOT_CHECKED } from '../../model/command/checks.ts';
import { DOCUMENTS } from './documents.ts';
import { driveBackupDocument } from './drive-backup.ts';
import { table } from './markdown.ts';
import { minimalDocument } from './minimal.ts';
import { RULE_NAMES } from '../../model/backup/rules.ts';
import { modelSources } from '../files/sources.ts';
import { rowsOf } from './qemu-1.6-job.ts';
import { readTrace } from '../trace/read.ts';

const ROOT = join(import.meta.dirname, '../..');
const FILES = readdirSync(join(ROOT, 'traces'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.trace.yaml'));
const CORPUS = new Map(FILES.map((name) => [join('traces', name), readTrace(readFileSync(join(ROOT, 'traces', name), 'utf8'))]));

describe('docs', () => {
  it.each(DOCUMENTS)('$path is up to date', ({ path, text }) => {
    expect(readFileSync(join(ROOT, path), 'utf8'), 'run `npm run docs`').toBe(text(CORPUS, modelSources()));
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
      const [row, ...more] = lines.filter((line) => line.startsWith(`| [\`${rule}\`](../traces/rules/${rule}.trace.yaml) |`));
      expect(more).toEqual([]);
      expect(row).toMatch(/ \| \d+ \| \d+ \| \d+ \| \d+ \| (proven|best effort) \| [^|]+ \|$/);
    }
  });

  it('has the race of TOP with and without I/O limits, in both wake orders: one cluster and two requests at most', () => {
    const rows = lines.filter((line) => line.includes('traces/gallery/drainBeforeUnhook-')).map((line) => line.split(' | '));
    expect(rows.map(([name]) => /\[(.*)\]/.exec(name!)![1])).toEqual(['any, no I/O limits', 'qemu, no I/O limits', 'any, I/O limits', 'qemu, I/O limits']);
    for (const [, mode, , requests, clusters] of rows) expect([mode, Number(requests) <= 2, Number(clusters) <= 1]).toEqual(['TOP', true, true]);
  });
});

describe('table', () => {
  it('keeps a cell in one piece', () => {
    expect(table(['a', 'b'], [['x|y', 'z']])).toBe(['| a | b |', '| --- | --- |', String.raw`| x\|y | z |`].join('\n'));
  });
});

describe('rowsOf', () => {
  const rows = (...at: string[]) => rowsOf({ of: 'f', rows: at.map((start) => ({ step: '', words: '', at: start })) }, ['if (a) {', '  b();', '}', 'c();']).map((row) => row[2]);

  it('has every line, beside the words that are about it', () => {
    expect(rows('if', 'c')).toEqual(['**f**<br>`if (a) {`<br>&nbsp;&nbsp;&nbsp;&nbsp;`b();`<br>`}`', '`c();`']);
    expect(rows('if', '}\nc')).toEqual(['**f**<br>`if (a) {`<br>&nbsp;&nbsp;&nbsp;&nbsp;`b();`', '`}`<br>`c();`']);
  });

  it('finds words that are about nothing, and lines about which nothing is said', () => {
    expect(() => rows('if', 'd')).toThrow('f has no line that begins with d, or has it too early');
    expect(() => rows('if', 'c', 'b')).toThrow('f has no line that begins with b, or has it too early');
    expect(() => rows('b')).toThrow('f begins with if (a) {, of which nothing is said');
  });
});
