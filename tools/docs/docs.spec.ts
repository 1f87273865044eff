/** What stands in docs/ is what `npm run docs` writes. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CHECKS, NOT_CHECKED } from '../drive-backup/checks.ts';
import type { Outcome } from '../top-ending/outcome.ts';
import type { MatrixRow } from '../../src/matrix/matrix.ts';
import { DOCUMENTS, READY_JOBS } from './documents.ts';
import { driveBackupDocument } from './drive-backup.ts';
import { table } from './markdown.ts';
import { sized } from '../nightly/testing.ts';
import { galleryFiles } from './gallery.ts';
import { withSteps } from './glossary.ts';
import { RULE_NAMES } from '../../model/families/notifier/rules.ts';
import { ruleNamed } from '../../model/machine/jobs.ts';
import { modelSources } from '../../src/edge/files/sources.ts';
import { rowsOf } from './qemu-1.6-job.ts';
import { explain } from '../../src/explain/explanation.ts';
import { md } from '../../src/explain/formats/markdown.ts';
import { SHAPES } from '../../src/explain/story/facts.ts';
import { isQemuJob } from '../../src/trace/format.ts';
import { readTrace } from '../../src/trace/read.ts';

const ROOT = join(import.meta.dirname, '../..');
const FILES = readdirSync(join(ROOT, 'traces'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.trace.yaml'));
const CORPUS = new Map(FILES.map((name) => [join('traces', name), readTrace(readFileSync(join(ROOT, 'traces', name), 'utf8'))]));
const json = (name: string): unknown => JSON.parse(readFileSync(join(ROOT, 'docs', name), 'utf8'));
const MATRIX = json('rules.json') as MatrixRow[];
const ENDING = json('top-ending.json') as Outcome[];
const KEPT = { corpus: CORPUS, matrix: MATRIX, ending: ENDING, sources: modelSources() };

describe('docs', () => {
  // To fold the rules of a job takes seconds: by day one print stands for all of them.
  it.each(DOCUMENTS.filter(({ path }) => sized(path !== 'docs/qemu-1.6-job.md', true)))('$path is up to date', ({ path, text }) => {
    expect(readFileSync(join(ROOT, path), 'utf8'), 'run `npm run docs`').toBe(text(KEPT));
  });
});

/** What is read most; all of them at night. */
const COMPARED = sized(
  READY_JOBS.filter(({ path }) => path.endsWith('correct.ts')),
  READY_JOBS,
);

describe('docs/jobs', () => {
  it.each(COMPARED)('$path is up to date', { timeout: 120_000 }, ({ path, text }) => {
    expect(readFileSync(join(ROOT, path), 'utf8'), 'run `npm run docs`').toBe(text(KEPT));
  });
});

describe('docs/gallery', () => {
  const files = galleryFiles(CORPUS);

  it('is up to date, file by file, and has no others', () => {
    expect(
      readdirSync(join(ROOT, 'docs/gallery'))
        .map((name) => join('docs/gallery', name))
        .toSorted(),
      'run `npm run docs`',
    ).toEqual([...files.keys()].toSorted());
    for (const [path, text] of files) expect(readFileSync(join(ROOT, path), 'utf8'), `${path}: run \`npm run docs\``).toBe(text);
  });

  it('has a page and a picture for each trace, and each in the index', () => {
    const names = [...CORPUS.keys()]
      .filter((path) => path.startsWith('traces/gallery/'))
      .map((path) => path.slice('traces/gallery/'.length, -'.trace.yaml'.length));
    const index = files.get('docs/gallery/README.md')!;
    for (const name of names) {
      expect(files.get(`docs/gallery/${name}.svg`)).toMatch(/^<svg /);
      expect(files.get(`docs/gallery/${name}.md`)).toContain(`(${name}.svg)`);
      expect(index).toContain(`](${name}.md) |`);
    }
    expect(files.size).toBe(1 + 2 * names.length);
  });

  it('says on each page what a user saw, what it takes, and what QEMU has to do with it', () => {
    for (const [path, { about, cause }] of [...CORPUS].filter(([name]) => name.startsWith('traces/gallery/'))) {
      const page = files.get(path.replace('traces/', 'docs/').replace('.trace.yaml', '.md'))!;
      expect(page).toContain(`\n# ${md(about!.title)}\n`);
      for (const text of [about!.seen, about!.needs, about!.because]) expect(page).toContain(md(text));
      expect(page).toContain(`| History | ${ruleNamed(cause[0]!).broken === undefined ? 'Classic mistake' : 'QEMU '}`);
    }
  });

  it('does without, where a trace says nothing about itself', () => {
    const [path, { about: _, ...trace }] = [...CORPUS].find(([name]) => name === 'traces/gallery/wakeWaiters.trace.yaml')!;
    const page = galleryFiles(new Map([[path, trace]])).get('docs/gallery/wakeWaiters.md');
    expect(page).toContain('\n# wakeWaiters\n');
    expect(page).not.toMatch(/undefined|What a user saw/);
  });

  it('refuses a trace in which nothing breaks', () => {
    const [path, trace] = [...CORPUS].find(([name]) => name.startsWith('traces/gallery/'))!;
    expect(() => galleryFiles(new Map([[path, { ...trace, without: [] }]]))).toThrow('nothing breaks in it');
  });
});

describe('the glossary', () => {
  const glossary = readFileSync(join(ROOT, 'docs/glossary.md'), 'utf8');

  it('has every shape of failure', () => {
    for (const shape of SHAPES) expect(glossary).toContain(`| ${shape} |`);
  });

  it('has every step of the kept traces, in the words of the code', () => {
    expect(withSteps(glossary)).toBe(glossary);
    const ofTheModel = [...CORPUS.values()].filter(({ job }) => !isQemuJob(job));
    const labels = new Set(ofTheModel.flatMap(({ schedule }) => schedule.map(({ what }) => what.split(' ')[0]!)));
    const explained = new Set([...glossary.matchAll(/`([\w.]+)(?: c0)?`/gi)].map(([, label]) => label));
    expect([...labels].filter((label) => !explained.has(label))).toEqual([]);
    expect(labels.size).toBeGreaterThan(20);
  });
});

describe('explanations', () => {
  /** Words that anybody knows and that mean here what they always mean. */
  const PLAIN = (
    'afterwards again alone already also anyway away back became because began bypassed call called calling cannot changes changing ' +
    'checked checking come continue copying counted decides discarded empty fail failed filled forever frees gave given gives go ' +
    'however know larger last left length lost mark move moved moves once ones other part refused removed resumed retried skipped ' +
    'skips stand stays still than used waiting will yet yielded yielding'
  ).split(' ');

  it('have no word that README or the glossary does not explain, nor one that is not plain', () => {
    const texts = ['README.md', 'docs/glossary.md'].map((path) => readFileSync(join(ROOT, path), 'utf8').toLowerCase());
    const known = new Set([...PLAIN, ...texts.flatMap((text) => text.match(/[a-z]+/g)!)]);
    const rules = [...CORPUS].filter(([path]) => path.startsWith('traces/gallery/')).map(([, trace]) => explain(trace)!);
    expect(rules.length).toBeGreaterThan(RULE_NAMES.length);
    for (const { sentence, guilty, order } of rules) {
      const text = [sentence, ...guilty.map(({ note }) => note), order?.first.text ?? '', order?.second.text ?? ''].join(' ').toLowerCase();
      const words = text.replaceAll(/\bs\d+[.@]\w+|\bg\d\b/g, '').match(/[a-z]+/g)!;
      expect(
        words.filter((word) => !known.has(word)),
        sentence,
      ).toEqual([]);
    }
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
    for (const { name, since } of NOT_CHECKED)
      expect(lines.filter((line) => line.startsWith(`| \`${name}\` |`) && line.endsWith(`| ${since} |`))).toHaveLength(1);
  });
});

describe('table', () => {
  it('keeps a cell in one piece', () => {
    expect(table(['a', 'b'], [['x|y', 'z']])).toBe(['| a | b |', '| --- | --- |', String.raw`| x\|y | z |`].join('\n'));
  });
});

describe('rowsOf', () => {
  const rows = (...at: string[]) =>
    rowsOf({ of: 'f', rows: at.map((start) => ({ step: '', words: '', at: start })) }, ['if (a) {', '  b();', '}', 'c();']).map(
      (row) => row[2],
    );

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
