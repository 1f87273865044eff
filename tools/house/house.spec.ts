/** The check of the house must be able to fail, so most of this plants something in a house of its own. */
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { sized } from '../nightly/testing.ts';
import { withPicture } from './contributing.ts';
import { deadLinks } from './links.ts';
import { longLines, textsOfNobody, unplainLines } from './lines.ts';
import { questionsByName } from './modes.ts';
import { peekingCode } from './peeking.ts';
import { pictureOf } from './picture.ts';
import { readHouse } from './read.ts';

const ROOT = join(import.meta.dirname, '../..');
const CONFIG = '.dependency-cruiser.cjs';
const SLOW = { timeout: 60_000 };

/** A house by file, each with its lines. */
type Files = Record<string, readonly string[]>;

const from = (path: string): string => `export { cell } from '${path}';`;

/** Enough files, and everything that is allowed at least once. */
const SOUND: Files = {
  ...Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`model/kernel/cell${i}.ts`, ['export const cell = 0;']])),
  'model/kernel/world.ts': [from('./cell0.ts'), 'export type World = number;'],
  'model/sync.ts': ['export type SyncMode = number;'],
  'model/meaning.ts': [from('./kernel/cell0.ts')],
  'model/block/image.ts': [from('../kernel/world.ts')],
  'model/job/job.ts': [from('../block/image.ts'), "export type { SyncMode } from '../sync.ts';"],
  'model/families/notifier/job.ts': [from('../../job/job.ts')],
  'model/families/notifier/ample-steps/ample-steps.ts': [from('../../../job/job.ts')],
  'model/families/custom/job.ts': [from('../../job/job.ts')],
  'model/scenario/scenario.ts': [from('../block/image.ts')],
  'model/machine/machine.ts': [from('../families/custom/job.ts')],
  'model/machine/machine.spec.ts': ["import 'node:fs';", "import '../testing.ts';", "import '../../src/edge/cli/main.ts';"],
  'model/testing.ts': ["import 'fast-check';"],
  'properties/all.ts': [from('../model/machine/machine.ts')],
  'src/search/walk.ts': ["import 'fast-check';", from('../../properties/all.ts')],
  'src/shrink/shrink.ts': [from('../search/walk.ts')],
  'src/run/run.ts': [from('../shrink/shrink.ts')],
  'src/edge/files/read.ts': ["import 'node:fs';", from('../../shrink/shrink.ts')],
  'src/edge/cli/main.ts': [from('../files/read.ts'), "import '../../../bench/port.ts';", "import './print.ts';"],
  'src/edge/cli/print.ts': ["import 'node:process';"],
  'web/common/glossary.ts': ['export type Glossary = number;'],
  'web/screens/bugs.ts': ["import 'fast-check';", from('../../src/run/run.ts'), "import type { Glossary } from '../common/glossary.ts';"],
  'web/page/page.ts': ["import 'node:fs';", "import '../common/glossary.ts';"],
  'web/e2e/bugs.ts': ["import 'node:fs';", "import '../screens/bugs.ts';"],
  'tools/mutants.ts': ["import 'node:os';", from('../src/search/walk.ts')],
  'bench/port.ts': ["import 'node:os';", from('../src/search/walk.ts')],
};

/** What somebody might add: the file, the line, the import that is then said to be forbidden, and by which floor. */
const PLANTED: readonly [file: string, line: string, imports: string, floor: string][] = [
  ['model/kernel/clock.ts', "import 'node:fs';", 'fs', 'kernel'],
  ['model/kernel/disk.ts', "import '../block/image.ts';", 'model/block/image.ts', 'kernel'],
  ['model/kernel/types.ts', "import type {} from '../block/image.ts';", 'model/block/image.ts', 'kernel'],
  ['model/block/hook.ts', "import '../families/notifier/job.ts';", 'model/families/notifier/job.ts', 'block'],
  ['model/job/loop.ts', "import '../families/notifier/job.ts';", 'model/families/notifier/job.ts', 'job'],
  ['model/families/notifier/all.ts', "import '../../machine/machine.ts';", 'model/machine/machine.ts', 'notifier'],
  ['model/families/notifier/own.ts', "import '../custom/job.ts';", 'model/families/custom/job.ts', 'notifier'],
  ['model/families/custom/own.ts', "import '../notifier/job.ts';", 'model/families/notifier/job.ts', 'custom'],
  ['model/families/custom/all.ts', "import '../../machine/machine.ts';", 'model/machine/machine.ts', 'custom'],
  ['model/scenario/job.ts', "import '../families/notifier/job.ts';", 'model/families/notifier/job.ts', 'scenario'],
  ['model/meaning.ts', "import './block/image.ts';", 'model/block/image.ts', 'meaning'],
  ['model/machine/clock.ts', "import { readFile } from 'node:fs/promises';", 'fs/promises', 'model'],
  ['model/machine/lazy.ts', "export const os = await import('node:os');", 'os', 'model'],
  ['model/machine/random.ts', "import 'fast-check';", 'fast-check', 'model'],
  ['model/machine/search.ts', "import '../../src/search/walk.ts';", 'src/search/walk.ts', 'model'],
  ['model/machine/oracle.ts', "import '../../properties/all.ts';", 'properties/all.ts', 'model'],
  ['model/machine/measured.ts', "import '../../bench/port.ts';", 'bench/port.ts', 'model'],
  ['model/machine/lost.ts', "import './nowhere.ts';", './nowhere.ts', 'model'],
  ['model/machine/helped.ts', "import '../testing.ts';", 'model/testing.ts', 'testing'],
  ['properties/found.ts', "import '../src/search/walk.ts';", 'src/search/walk.ts', 'properties'],
  ['src/scenarios/log.ts', "import 'node:fs';", 'fs', 'pure'],
  ['src/trace/keep.ts', "import '../edge/files/read.ts';", 'src/edge/files/read.ts', 'pure'],
  ['src/run/look.ts', "import '../edge/files/read.ts';", 'src/edge/files/read.ts', 'pure'],
  ['src/edge/files/print.ts', "import '../cli/print.ts';", 'src/edge/cli/print.ts', 'cli'],
  ['src/edge/files/look.ts', "import '../../../web/screens/bugs.ts';", 'web/screens/bugs.ts', 'web'],
  ['web/screens/open.ts', "import 'node:fs';", 'fs', 'page'],
  ['web/screens/files.ts', "import '../../src/edge/files/read.ts';", 'src/edge/files/read.ts', 'page'],
  ['web/screens/made.ts', "import '../page/page.ts';", 'web/page/page.ts', 'page'],
  ['bench/mutated.ts', "import '../tools/mutants.ts';", 'tools/mutants.ts', 'tools'],
  ['bench/print.ts', "import '../src/edge/cli/print.ts';", 'src/edge/cli/print.ts', 'cli'],
];

describe('the check of the house', () => {
  // By day `npm run lint` does that.
  it.skipIf(sized(true, false))('finds ours sound, and its picture up to date', SLOW, async () => {
    const { modules, violations, folders } = await readHouse(ROOT);
    expect(violations).toEqual([]);
    expect(modules).toBeGreaterThan(400);
    const document = await readFile(join(ROOT, 'CONTRIBUTING.md'), 'utf8');
    expect(withPicture(document, pictureOf(folders)), 'run `npm run house`').toBe(document);
  });

  it('allows what it should', SLOW, async () => {
    const { modules, violations } = await readHouse(await build(SOUND));
    expect({ modules, violations }).toEqual({ modules: Object.keys(SOUND).length - 1, violations: [] });
  });

  it('reports each planted import by its floor', SLOW, async () => {
    const house = await build({ ...SOUND, ...Object.fromEntries(PLANTED.map(([file, line]) => [file, [line]])) });
    const violations = (await readHouse(house)).violations.filter((line) => !/circle/.test(line));
    const said = violations.map(
      (line) => /^(\S+) imports (?:.*node_modules\/)?(\S+?)(?:\/lib\S*)?: ([a-z]+): ./.exec(line)?.slice(1) ?? [line],
    );
    expect(said.map(String).toSorted()).toEqual(PLANTED.map(([file, , imports, floor]) => `${file},${imports},${floor}`).toSorted());
  });

  it('reports circles of values and of types, and circles of folders', SLOW, async () => {
    const house = await build({
      ...SOUND,
      'model/machine/a.ts': ["import { b } from './b.ts';", 'export const a = b;'],
      'model/machine/b.ts': ["import { a } from './a.ts';", 'export const b = a;'],
      'src/search/one.ts': ["import type { Two } from './two.ts';", 'export type One = Two;'],
      'src/search/two.ts': ["import type { One } from './one.ts';", 'export type Two = One;'],
      'src/trace/a.ts': ["import '../replay/a.ts';"],
      'src/replay/a.ts': [],
      'src/replay/b.ts': ["import '../trace/b.ts';"],
      'src/trace/b.ts': [],
    });
    const circles = (await readHouse(house)).violations.map((line) => [
      /: ([a-z-]+): /.exec(line)![1],
      line.split(':')[0]!.split(' -> ').toSorted()[0],
    ]);
    expect(circles.map(String).toSorted()).toEqual([
      'circle,model/machine/a.ts',
      'circle,src/search/one.ts',
      'folder-circle,src/replay',
      'folder-circle,src/replay',
    ]);
  });

  it.each([
    ['no module', { 'docs/readme.md': [] }, 0],
    ['29 modules', Object.fromEntries(Array.from({ length: 29 }, (_, i) => [`model/kernel/file${i}.ts`, []])), 29],
  ])('fails when it has read %s', SLOW, async (_, files: Files, modules) => {
    const { violations } = await readHouse(await build({ ...files, 'model/some.spec.ts': [] }));
    expect(violations).toEqual([`only ${modules} modules read, expected 30 or more: is this the whole house?`]);
  });
});

describe('lines that are too long', () => {
  it('are none of ours', () => {
    expect(longLines(ROOT)).toEqual([]);
  });

  it('are reported where they stand, by their characters, in all that is ours', async () => {
    const [most, more] = [`// ${'→'.repeat(137)}`, `// ${'→'.repeat(138)}`];
    const house = await build({
      'model/kernel/cell.ts': [most, more, '', more.repeat(2)],
      'model/kernel/node_modules/package.mjs': [more],
      'web/page/page.tsx': [more],
      'web/page/page.html': [more],
      'traces/traces.spec.ts': [more],
      'examples/own-job/job.mjs': [most, more],
      'docs/jobs/job.mjs': [more],
    });
    expect(longLines(house)).toEqual([
      'model/kernel/cell.ts:2: 141 columns, expected at most 140',
      'model/kernel/cell.ts:4: 282 columns, expected at most 140',
      'web/page/page.tsx:1: 141 columns, expected at most 140',
      'traces/traces.spec.ts:1: 141 columns, expected at most 140',
      'examples/own-job/job.mjs:2: 141 columns, expected at most 140',
    ]);
  });
});

describe('lines that leave open who acts', () => {
  it('are none of ours', () => {
    expect(unplainLines(ROOT)).toEqual([]);
  });

  it('are reported where they stand, in comments, texts and docs', async () => {
    const house = await build({
      'model/kernel/cell.ts': ['// Whoever reads it', '// A reader of it; two of one sort'],
      'docs/api.md': ['', "A request of one's own"],
      'README.md': ['for whoever asks'],
      'tools/house/lines.ts': ['whoever'],
    });
    expect(unplainLines(house)).toEqual([
      'model/kernel/cell.ts:1: "Whoever": use plain words, and say who acts',
      'docs/api.md:2: "one\'s own": use plain words, and say who acts',
      'README.md:1: "whoever": use plain words, and say who acts',
    ]);
  });
});

describe('links of documents', () => {
  it('lead somewhere, all of ours', () => {
    expect(deadLinks(ROOT)).toEqual([]);
  });

  it('are reported if the file, or its heading, is not there', async () => {
    const house = await build({
      'README.md': ['[a](docs/api.md) [b](docs/nowhere.md) [c](https://example.org/nowhere)'],
      'docs/api.md': ['# The `API`, in 5 parts', '[a](#the-api-in-5-parts) [b](#nowhere) `[c](nowhere.md)`', '', '    [d](nowhere.md)'],
      'docs/more/README.md': ['[a](../api.md#the-api-in-5-parts) [b](../api.md#api)'],
    });
    expect(deadLinks(house)).toEqual([
      'README.md: the link to docs/nowhere.md leads nowhere',
      'docs/api.md: the link to #nowhere leads nowhere',
      'docs/more/README.md: the link to ../api.md#api leads nowhere',
    ]);
  });
});

/** What somebody might write who asks after a mode, each in a file of its own; and the modes that are said then, if not top. */
const PLANTED_QUESTIONS: readonly (readonly [line: string, names?: string])[] = [
  ["export const isTop = mode === 'top';"],
  ["export const isTop = 'top' !== mode;"],
  ['export const isTop = mode === `top`;'],
  ['export const isTop = TOP === sync.name;'],
  ['export const isTop = mode === SYNC_MODES[1];'],
  ["export const isTop = (one: SyncMode | 'all' | undefined) => one == 'top';"],
  ["export const isTop = <M extends SyncMode>(one: M) => one === 'top';"],
  ["export const isTop = scenario.mode === 'top';"],
  ["export const isTop = mode.toUpperCase() === 'TOP';", 'TOP'],
  ["export const isTop = (scenario.mode as unknown) === 'top';"],
  ["export const isTop = SYNC_MODES.filter((one) => one !== 'top');"],
  ["export const isTop = sync === syncOf('top');"],
  ["export function isTop() { switch (mode) { case 'top': return true; } }"],
  ["export const isTop = ['top'].includes(mode);"],
  ["export const some = ['top', 'none', 'all'];", 'top, none'],
  ["export const some = new Set<SyncMode>(['top', 'none']);", 'top, none'],
  ["export const some = new Map([['top', 1], ['none', 2]]).get(mode);", 'top, none'],
  ["export const words = { full: '', top: '', none: '' }[mode];", 'full, top, none'],
  ['export const words: { [one in SyncMode]?: string } = {};', 'full, top, none'],
  ['export const words: Partial<typeof counts> = { [TOP]: 1, };'],
  ['export const words = {} as Record<SyncMode, string>;', 'full, top, none'],
  ['export interface Words { top: string; none: string }', 'top, none'],
  ['export const count = counts.top;'],
  ["export const count = counts['top'];"],
  ['export const { top: count } = counts;'],
  ["export type Some = 'top' | 'none';", 'top, none'],
  ["export type Some = Exclude<SyncMode, 'top'>;"],
  ["export const isTop = (one: SyncMode): one is 'top' => syncOf(one).selects === 'none';"],
];

describe('a sync mode that is asked for by its name', () => {
  const MODES = {
    'model/sync.ts': [
      "export const SYNC_MODES = ['full', 'top', 'none'] as const;",
      'export type SyncMode = (typeof SYNC_MODES)[number];',
      "export type Sync = { readonly name: SyncMode; readonly selects: 'all' | 'none' };",
      'declare const rows: Record<SyncMode, Sync>;',
      'export const syncOf = (mode: SyncMode): Sync => rows[mode];',
      'export declare const counts: { readonly [mode in SyncMode]: number };',
    ],
  };
  const lines = (line: string): string[] => [
    "import { type Sync, type SyncMode, SYNC_MODES, counts, syncOf } from '../sync.ts';",
    'export declare const mode: SyncMode, sync: Sync, scenario: { mode: string };',
    "export const TOP = 'top';",
    line,
  ];

  it.skipIf(sized(true, false))('is nowhere in our house', SLOW, () => {
    expect(questionsByName(ROOT)).toEqual([]);
  });

  it('is reported wherever it is planted', SLOW, async () => {
    const files = PLANTED_QUESTIONS.map(([line], i) => [`model/job/planted${10 + i}.ts`, lines(line)]);
    const said = PLANTED_QUESTIONS.map(
      ([, names = 'top'], i) =>
        `model/job/planted${10 + i}.ts:4: asks for sync mode ${names} by name: ask what its row in model/sync.ts says`,
    );
    expect(questionsByName(await build({ ...MODES, ...Object.fromEntries(files) })).toSorted()).toEqual(said);
  });

  it('may be in a family of jobs and in specs; and a name that is handed on, or means another thing, is no question', SLOW, async () => {
    const asks = lines("export const isTop = mode === 'top';");
    const house = await build({
      ...MODES,
      'model/families/notifier/job.ts': asks,
      'model/job/job.spec.ts': asks,
      'model/job/testing.ts': asks,
      'model/job/innocent.ts': [
        ...lines("export const small: { mode: SyncMode } = { mode: 'top' };"),
        "export const same = mode === sync.name && sync.selects === 'none' && scenario.mode !== 'existing';",
        "export const judges = (who: 'all' | 'snapshot' | 'none', name: string) => who === 'none' || name === 'none';",
        "export const pages = ['copy-before-write', 'full', 'top', 'none'];",
        'export const place = { top: 0, left: 0 }.top;',
        'export const byMode = new Map<SyncMode, number>(SYNC_MODES.map((one) => [one, counts[one]]));',
      ],
    });
    expect(questionsByName(house)).toEqual([]);
  });

  it('can not be told without the modes', SLOW, async () => {
    expect(questionsByName(await build(SOUND))).toEqual([
      'model/sync.ts has no type SyncMode of names, so no question after one can be told',
    ]);
  });
});

describe('the picture', () => {
  it('leaves out an arrow that follows from others', () => {
    const folders = new Map([
      ['model/kernel', new Set<string>()],
      ['model/block', new Set(['model/kernel'])],
      ['src/edge/cli', new Set(['model/kernel', 'model/block'])],
      ['tools/house', new Set(['model/kernel'])],
    ]);
    expect(pictureOf(folders)).toBe(
      [
        'flowchart TB',
        '  subgraph model_floor["model"]',
        '    model_block["block"]',
        '    model_kernel["kernel"]',
        '  end',
        '  subgraph src_edge_floor["src/edge"]',
        '    src_edge_cli["cli"]',
        '  end',
        '  model_block --> model_kernel',
        '  src_edge_cli --> model_block',
      ].join('\n'),
    );
  });
});

const built: string[] = [];
afterEach(async () => {
  await Promise.all(built.splice(0).map((folder) => rm(folder, { recursive: true })));
});

/** Writes a house into a temporary folder, with our configuration and our packages. */
async function build(files: Files): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cowcheck-house-'));
  built.push(folder);
  for (const [file, lines] of Object.entries(files)) {
    await mkdir(join(folder, dirname(file)), { recursive: true });
    await writeFile(join(folder, file), `${lines.join('\n')}\n`);
  }
  await copyFile(join(ROOT, CONFIG), join(folder, CONFIG));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

describe('code that looks behind a seam', () => {
  it('is none of ours', () => {
    expect(peekingCode(ROOT)).toEqual([]);
  });

  it('is reported where it asks of which family a job is', async () => {
    const house = await build({
      'model/machine/machine.ts': ['const isCustom = machine.job instanceof CustomJob;'],
      'src/run/grid.ts': ['', 'if (job instanceof', '  BackupJob) return null;', 'const isMistake = error instanceof JobError;'],
    });
    expect(peekingCode(house).map((line) => line.split(': ')[0])).toEqual(['model/machine/machine.ts:1', 'src/run/grid.ts:2']);
  });

  it('is reported where it goes by a label, however it is got at', async () => {
    const house = await build({
      'properties/found.ts': ["import { stepNamed } from '../model/kernel/step.ts';"],
      'properties/waiting.ts': ['', "const waits = nameOf(other.pending).label === 'wait';"],
      'src/explain/shape.ts': ['const { at, label } = nameOf(step);'],
      'web/player/lanes.tsx': ["const lands = stepNames().map(({ label }) => label === 'write.land');"],
      'model/kernel/step.ts': ['const { label } = nameOf(step);'],
      'properties/waiting.spec.ts': ['const { label } = nameOf(step);'],
    });
    expect(peekingCode(house).map((line) => line.split(': ')[0])).toEqual([
      'properties/found.ts:1',
      'properties/waiting.ts:2',
      'src/explain/shape.ts:1',
      'web/player/lanes.tsx:1',
    ]);
  });
});

describe('texts that leave open who acts', () => {
  it('are found in what a user reads, be it a part of a template, and not in comments, names or specs', async () => {
    const planted = await mkdtemp(join(tmpdir(), 'house-texts-'));
    const put = async (path: string, text: string): Promise<void> => {
      await mkdir(dirname(join(planted, path)), { recursive: true });
      await writeFile(join(planted, path), text);
    };
    try {
      await put('src/a.ts', "// somebody\nexport const a = 'Somebody cancels the job';\n");
      await put('model/b.ts', 'export const b = (n: number): string => `step ${n}: it goes on`;\n');
      await put('properties/c.ts', "export const c = { name: 'nobody' };\n");
      await put('properties/c.spec.ts', "export const c = 'nobody reads this';\n");
      expect(textsOfNobody(planted)).toEqual([
        'src/a.ts: "Somebody cancels the job": say who acts',
        'model/b.ts: ": it goes on": say who acts',
      ]);
    } finally {
      await rm(planted, { recursive: true });
    }
  });

  it('are none here', () => expect(textsOfNobody(ROOT)).toEqual([]));
});
