/** The check of the floors must be able to fail, so most of this plants something in a house of its own. */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CONFIG = '.dependency-cruiser.cjs';
const SLOW_MS = 60_000;

/** A house by file, each with its lines. */
type House = Record<string, readonly string[]>;

/** Enough files, and everything that is allowed at least once. */
const SOUND: House = {
  ...Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`model/kernel/cell${i}.ts`, ['export const cell = 0;']])),
  'model/kernel/world.ts': ["export { cell } from './cell0.ts';", 'export type World = number;'],
  'model/block/image.ts': [
    "export { cell } from '../kernel/world.ts';",
    "import type { Job } from '../block/node.ts';",
    'export type Image = Job;',
  ],
  'model/block/node.ts': ["export { cell } from './image.ts';", 'export type Job = number;'], // a circle, but one way it is types
  'model/families/notifier/job.ts': ["export { cell } from '../block/node.ts';", "export type { Job } from '../block/node.ts';"],
  'model/families/notifier/ample-steps/held.ts': ["export { cell } from '../backup/job.ts';"],
  'tools/drive-backup/checks.ts': ["import type { Job } from '../backup/job.ts';", 'export type Checked = Job;'],
  'model/machine/machine.ts': ["export { cell } from './backup/job.ts';"],
  'model/machine/machine.spec.ts': ["import 'node:fs';", "import './testing.ts';", "import '../src/cli/main.ts';"],
  'model/testing.ts': ["import 'fast-check';"],
  'properties/all.ts': ["export { cell } from '../model/machine.ts';"],
  'src/explore/walk.ts': ["import 'fast-check';", "export { cell } from '../../properties/all.ts';"],
  'src/shrink/shrink.ts': ["export { cell } from '../explore/walk.ts';"],
  'src/files/read.ts': ["import 'node:fs';", "export { cell } from '../shrink/shrink.ts';"],
  'src/edge/cli/main.ts': [
    "export { cell } from '../files/read.ts';",
    "export { bench } from '../../bench/port.ts';",
    "import './print.ts';",
  ],
  'src/cli/print.ts': ["import 'node:process';"],
  'src/run/run.ts': ["export { cell } from '../../src/explore/walk.ts';"],
  'web/screens/bugs.ts': [
    "import 'fast-check';",
    "export { cell } from '../run/run.ts';",
    "import type { Glossary } from '../page/glossary.ts';",
    'export type Words = Glossary;',
  ],
  'web/common/glossary.ts': ['export type Glossary = number;'],
  'web/page/page.ts': ["import 'node:fs';", "import './glossary.ts';"],
  'web/e2e/bugs.ts': ["import 'node:fs';", "import '../screens/bugs.ts';"],
  'tools/mutants.ts': ["import 'node:os';", "export { cell } from '../src/explore/walk.ts';"],
  'bench/port.ts': ["import 'node:os';", "export { cell as bench } from '../src/explore/walk.ts';"],
};

/** What somebody might add, and what the check then says. */
const PLANTED: readonly [file: string, line: string, says: RegExp][] = [
  ['model/kernel/clock.ts', "import 'node:fs';", /^model\/kernel\/clock\.ts imports fs: kernel: /],
  ['model/kernel/disk.ts', "import '../block/image.ts';", /^model\/kernel\/disk\.ts imports model\/block\/image\.ts: kernel: /],
  [
    'model/kernel/types.ts',
    "import type { Image } from '../block/image.ts';",
    /^model\/kernel\/types\.ts imports model\/block\/image\.ts: kernel: /,
  ],
  ['model/block/hook.ts', "import '../backup/job.ts';", /^model\/block\/hook\.ts imports model\/backup\/job\.ts: block: /],
  ['model/backup/all.ts', "import '../machine.ts';", /^model\/backup\/all\.ts imports model\/machine\.ts: backup: /],
  ['model/job/loop.ts', "import '../backup/job.ts';", /^model\/job\/loop\.ts imports model\/backup\/job\.ts: job: /],
  ['model/backup/quick.ts', "import '../reductions/held.ts';", /^model\/backup\/quick\.ts imports model\/reductions\/held\.ts: backup: /],
  ['model/command/disk.ts', "import '../block/image.ts';", /^model\/command\/disk\.ts imports model\/block\/image\.ts: command: /],
  ['model/reductions/all.ts', "import '../machine.ts';", /^model\/reductions\/all\.ts imports model\/machine\.ts: reductions: /],
  ['model/clock.ts', "import { readFile } from 'node:fs/promises';", /^model\/clock\.ts imports fs\/promises: model: /],
  ['model/lazy.ts', "export const os = await import('node:os');", /^model\/lazy\.ts imports os: model: /],
  ['model/random.ts', "import 'fast-check';", /^model\/random\.ts imports .*node_modules\/fast-check\/.*: model: /],
  ['model/search.ts', "import '../src/explore/walk.ts';", /^model\/search\.ts imports src\/explore\/walk\.ts: model: /],
  ['model/oracle.ts', "import '../properties/all.ts';", /^model\/oracle\.ts imports properties\/all\.ts: model: /],
  ['model/measured.ts', "import '../bench/port.ts';", /^model\/measured\.ts imports bench\/port\.ts: model: /],
  ['model/lost.ts', "import './nowhere.ts';", /^model\/lost\.ts imports \.\/nowhere\.ts: model: /],
  ['model/helped.ts', "import './testing.ts';", /^model\/helped\.ts imports model\/testing\.ts: testing: /],
  ['properties/found.ts', "import '../src/explore/walk.ts';", /^properties\/found\.ts imports src\/explore\/walk\.ts: properties: /],
  ['src/generate/log.ts', "import 'node:fs';", /^src\/generate\/log\.ts imports fs: pure: /],
  ['src/trace/keep.ts', "import '../files/read.ts';", /^src\/trace\/keep\.ts imports src\/files\/read\.ts: pure: /],
  ['src/files/print.ts', "import '../cli/print.ts';", /^src\/files\/print\.ts imports src\/cli\/print\.ts: cli: /],
  ['web/screens/open.ts', "import 'node:fs';", /^web\/screens\/open\.ts imports fs: page: /],
  ['web/screens/files.ts', "import '../../src/files/read.ts';", /^web\/screens\/files\.ts imports src\/files\/read\.ts: page: /],
  ['web/screens/made.ts', "import '../page/page.ts';", /^web\/screens\/made\.ts imports web\/page\/page\.ts: page: /],
  ['web/run/look.ts', "import '../screens/bugs.ts';", /^web\/run\/look\.ts imports web\/screens\/bugs\.ts: run: /],
  ['src/files/look.ts', "import '../../web/run/run.ts';", /^src\/files\/look\.ts imports web\/run\/run\.ts: web: /],
  ['bench/mutated.ts', "import '../tools/mutants.ts';", /^bench\/mutated\.ts imports tools\/mutants\.ts: tools: /],
  ['bench/print.ts', "import '../src/cli/print.ts';", /^bench\/print\.ts imports src\/cli\/print\.ts: cli: /],
];

describe('floors', () => {
  it('stand in our own house, and the check has read it', { timeout: SLOW_MS }, async () => {
    const { code, violations, modules } = await check(ROOT);
    expect(violations).toEqual([]);
    expect(code).toBe(0);
    expect(modules).toBeGreaterThanOrEqual(30);
  });

  it('allow what they should', { timeout: SLOW_MS }, async () => {
    const house = await build(SOUND);
    expect(await check(house)).toEqual({ code: 0, violations: [], modules: Object.keys(SOUND).length - 1 });
  });

  it.each([
    ['node:fs', "import 'node:fs';"],
    ['src', "import '../src/explore/walk.ts';"],
  ])('fall when a file of the model imports %s', { timeout: SLOW_MS }, async (_, line) => {
    const house = await build({ ...SOUND, 'model/planted.ts': [line] });
    const { code, violations } = await check(house);
    expect(violations).toEqual([expect.stringMatching(/^model\/planted\.ts imports .*: model: the model imports only the model$/)]);
    expect(code).toBe(1);
  });

  it('report each planted import, and nothing else', { timeout: SLOW_MS }, async () => {
    const house = await build({ ...SOUND, ...Object.fromEntries(PLANTED.map(([file, line]) => [file, [line]])) });
    const { code, violations } = await check(house);
    const byFile = (a: string, b: string): number => (a < b ? -1 : 1);
    const expected = PLANTED.toSorted(([a], [b]) => byFile(a, b)).map(([, , says]) => expect.stringMatching(says));
    expect(violations.toSorted(byFile)).toEqual(expected);
    expect(code).toBe(1);
  });

  it('see a circle of values even where every import in it is answered by one of types', { timeout: SLOW_MS }, async () => {
    const house = await build({
      ...SOUND,
      'model/a.ts': ["import { b } from './b.ts';", "import type { C } from './c.ts';", 'export const a = b;', 'export type A = C;'],
      'model/b.ts': ["import { c } from './c.ts';", "import type { A } from './a.ts';", 'export const b = c;', 'export type B = A;'],
      'model/c.ts': ["import { a } from './a.ts';", "import type { B } from './b.ts';", 'export const c = a;', 'export type C = B;'],
      'src/self/two.ts': ["export * from './one.ts';"],
      'src/self/one.ts': ["export * from './two.ts';"],
    });
    const { code, violations } = await check(house);
    expect(violations).toEqual([
      'model/a.ts -> model/b.ts -> model/c.ts -> model/a.ts: files that import each other in a circle',
      'src/self/one.ts -> src/self/two.ts -> src/self/one.ts: files that import each other in a circle',
    ]);
    expect(code).toBe(1);
  });

  it.each([
    ['no module', { 'docs/readme.md': [] }, 0],
    ['29 modules', Object.fromEntries(Array.from({ length: 29 }, (_, i) => [`model/file${i}.ts`, []])), 29],
  ])('fall when the check has read %s', { timeout: SLOW_MS }, async (_, house: House, modules) => {
    expect(await check(await build({ ...house, 'model/some.spec.ts': [] }))).toEqual({
      code: 1,
      violations: [`only ${modules} modules read, expected 30 or more: is this the whole house?`],
      modules,
    });
  });
});

const built: string[] = [];
afterEach(async () => {
  await Promise.all(built.splice(0).map((folder) => rm(folder, { recursive: true })));
});

/** Writes a house into a temporary folder, with our configuration and our packages. */
async function build(house: House): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cowcheck-floors-'));
  built.push(folder);
  for (const [file, lines] of Object.entries(house)) {
    await mkdir(join(folder, dirname(file)), { recursive: true });
    await writeFile(join(folder, file), `${lines.join('\n')}\n`);
  }
  await copyFile(join(ROOT, CONFIG), join(folder, CONFIG));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** Runs the check as `npm run floors` does. */
async function check(folder: string): Promise<{ code: number; violations: string[]; modules: number }> {
  const { code, stdout, stderr } = await run(process.execPath, [join(ROOT, 'scripts/floors.mjs'), folder]);
  const said = /^floors: (\d+) modules read, (\d+) violations$/m.exec(stdout);
  if (said === null) throw new Error(`no summary in: ${stdout}${stderr}`);
  const violations = stderr.split('\n').filter((line) => line !== '');
  expect(violations).toHaveLength(Number(said[2]));
  return { code, violations, modules: Number(said[1]) };
}

function run(program: string, options: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((done) => {
    execFile(program, options, (error, stdout, stderr) => done({ code: error === null ? 0 : Number(error.code), stdout, stderr }));
  });
}
