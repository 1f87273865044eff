/** `--job FILE`, as the built command meets it. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sized } from '../../../../tools/nightly/testing.ts';
import { CONTROL, CommandHost, GOLDEN, type Ran, tracesIn } from '../testing.ts';

const EXAMPLES = fileURLToPath(new URL('../../../../examples/own-job/', import.meta.url));
const CHUNKED = readFileSync(join(EXAMPLES, 'chunked.mjs'), 'utf8');
const FORGETFUL = readFileSync(join(EXAMPLES, 'forgetful.mjs'), 'utf8');

let folder: string;
let host: CommandHost;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cowcheck-own-job-'));
  writeFileSync(join(folder, 'chunked.mjs'), CHUNKED);
  writeFileSync(join(folder, 'forgetful.mjs'), FORGETFUL);
  host = new CommandHost({ cwd: folder });
});
afterAll(async () => {
  await host.end();
  rmSync(folder, { recursive: true, force: true });
});

/** On a machine that is slow there is some progress, which is nothing to look at. */
const cowcheck = async (...args: string[]): Promise<Ran> => {
  const ran = await host.run(args);
  return { ...ran, err: ran.err.replaceAll(/^cowcheck: \d+ % done, .*\n/gm, '') };
};
const check = (job: string, ...more: string[]): Promise<Ran> =>
  cowcheck('check', '--job', job, '--workers', '1', '--seed', 'spec', '--prove-seconds', '0', '--runs', '200', ...more);

function expectRefused({ status, out, err }: Ran, says: string): void {
  expect(err).toMatch(/^cowcheck: [^\n]+\n$/);
  expect(err).not.toMatch(CONTROL);
  expect(err).toContain(says);
  expect({ status, out }).toEqual({ status: 2, out: '' });
}

/** The example with something else in place of some of it. */
const edited = (from: string, to: string): string => {
  expect(CHUNKED).toContain(from);
  return CHUNKED.replace(from, to);
};

describe('--job FILE', { timeout: 120_000 }, () => {
  it('checks a custom job in the modes that it has', async () => {
    const { status, out, err } = await check('chunked.mjs', '--json');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    const report = JSON.parse(out) as { verdict: string; options: object; byMode: object };
    expect(report).toMatchObject({ verdict: 'holds', schedules: 200, options: { job: 'chunked.mjs' } });
    expect(Object.keys(report.byMode)).toEqual(['full', 'top']);
  });

  it('checks a job of the documents, which is in the package', async () => {
    const { status, err } = await check('examples/own-job/chunked.mjs', '--runs', '20');
    expect({ status, err }).toEqual({
      status: 0,
      err: expect.stringMatching(/^cowcheck: examples\/own-job\/chunked\.mjs is not in this /),
    });
  });

  it('says what broke, how, why, and how to go on with the job, which a trace alone never runs', async () => {
    const out = 'four-blocks';
    const ran = await check('forgetful.mjs', '--out', out);
    expect(ran).toMatchObject({ status: 1, err: expect.stringMatching(/^(cowcheck: (\d+ % done|failure \d: ).*\n)+$/) });
    const [name] = tracesIn(join(folder, out));
    const trace = `${out}/${name}`;
    expect(ran.out).toContain('          job forgetful.mjs\n');
    expect(ran.out).toContain('1. property snapshot-kept is broken in mode FULL:');
    expect(ran.out).toContain(`npx cowcheck replay ${trace} --job forgetful.mjs\n`);
    expect(readFileSync(join(folder, trace), 'utf8')).toContain('\nsubject: {custom: forgetful.mjs}\n');

    expectRefused(
      await cowcheck('replay', trace),
      `${trace}: it is a trace of a custom job, and a trace never loads a module by itself: add --job forgetful.mjs`,
    );
    expectRefused(await cowcheck('shrink', trace), 'add --job forgetful.mjs');
    expect(await cowcheck('replay', trace, '--job', 'forgetful.mjs')).toMatchObject({
      status: 0,
      out: expect.stringMatching(/^reproduced/),
    });
    expect(await cowcheck('replay', trace, '--job', 'chunked.mjs')).toMatchObject({
      status: 1,
      out: expect.stringMatching(/^(holds now|diverged)/),
    });
    expect((await cowcheck('replay', trace, '--job', 'chunked.mjs')).out).toContain(
      'After a fix that adds a wait, this is the expected result.',
    );
    expect(await cowcheck('shrink', trace, '--job', 'forgetful.mjs')).toMatchObject({ status: 0, err: '' });
    writeFileSync(join(folder, 'mine.json'), '{"check":{"job":"forgetful.mjs","faults":true}}');
    for (const command of ['replay', 'explain', 'shrink'])
      expect(await cowcheck(command, trace, '--config', 'mine.json')).toMatchObject({ status: 0, err: '' });
    expect(await cowcheck('replay', trace, GOLDEN, '--config', 'mine.json')).toMatchObject({ status: 0 });
    expect((await cowcheck('check', '--runs', '5', '--workers', '1', '--prove-seconds', '0', '--config', 'mine.json')).err).toContain(
      'cowcheck: mine.json sets --job, --faults (see: --print-config)\n',
    );
    expectRefused(await cowcheck('replay', GOLDEN, '--job', 'chunked.mjs'), 'it is a trace of a built-in job (correct): remove --job');
    expectRefused(await cowcheck('keep', trace), 'it is a trace of a custom job, which the corpus cannot run');
    expect(ran.out).toContain(`npx cowcheck explain ${trace} --job forgetful.mjs --format test --out kept.test.mjs\n`);
    expect(await cowcheck('explain', trace, '--job', 'forgetful.mjs', '--format', 'test')).toMatchObject({
      status: 0,
      out: expect.stringContaining('\nimport job from "./forgetful.mjs";\n'),
    });
  });

  it('proves it of a scope', async () => {
    const proof = (job: string): Promise<Ran> =>
      cowcheck(
        'check',
        '--job',
        job,
        '--exhaustive',
        '--mode',
        'full',
        '--clusters',
        '1',
        '--writes',
        sized('1', '2'),
        '--workers',
        '1',
        '--prove-seconds',
        '0',
        '--json',
        '--out',
        'proof',
      );
    const whole = await proof('chunked.mjs');
    expect(JSON.parse(whole.out)).toMatchObject({ verdict: 'holds', complete: true, options: { job: 'chunked.mjs' } });
    if (sized(true, false)) return; // one that breaks is told as above
    const broken = await proof('forgetful.mjs');
    expect(JSON.parse(broken.out)).toMatchObject({ verdict: 'broken' });
  });

  it('refuses what is no job in one line', async () => {
    const refused: [file: string, text: string | null, says: string][] = [
      ['missing.mjs', null, 'missing.mjs: no such file'],
      ['empty.mjs', '', 'empty.mjs: it exports no job: expected "export default { modes, run, beforeWrite }'],
      ['syntax.mjs', 'export default {\n  modes: [;\n};\n', "syntax.mjs:2: cannot be loaded: SyntaxError: Unexpected token ';'"],
      [
        'throws.mjs',
        'const a = 1;\nnull.x;\n',
        "throws.mjs:2:6: cannot be loaded: TypeError: Cannot read properties of null (reading 'x')",
      ],
      ['throws-text.mjs', "throw 'x';\n", 'cannot be loaded: it throws a value of type string'],
      ['imports.mjs', "import '../../../cli/nothing-there.mjs';\n", 'imports.mjs: cannot be loaded: Error: Cannot find module'],
      ['number.mjs', 'export default 5;\n', 'number.mjs: a job is an object with modes, run and beforeWrite; this is a number'],
      ['modes.mjs', 'export default { modes: ["all"] };\n', '"modes" must be a list of full, top, none'],
      ['plain.mjs', 'export default { modes: ["full"], run() {} };\n', '"run" must be a generator: *run(backup) { ... }'],
      ['unknown.mjs', 'export default { modes: ["full"], queue: {} };\n', 'a job has no "queue"; it has modes, cells, queues'],
      ['cells.mjs', edited("busy: 'clusters'", "busy: 'sectors'"), `"cells": "busy" must be 'one' or 'clusters'`],
      [
        'steps.mjs',
        edited("modes: ['full', 'top'],", "modes: ['full'], steps: ['sleep'],"),
        'steps.mjs: a step is already called "sleep", and means something else',
      ],
    ];
    for (const [file, text] of refused) if (text !== null) writeFileSync(join(folder, file), text);
    for (const [file, , says] of refused) expectRefused(await check(file), says);
    mkdirSync(join(folder, 'folder.mjs'));
    expectRefused(await check('folder.mjs'), 'folder.mjs: it is a directory');
    expectRefused(await check('job.txt'), 'or a module with a custom job, such as ./my-job.mjs.');
  });

  it('takes CommonJS, also a job that requires cowcheck, in each of the three ways to export it', async () => {
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(fileURLToPath(new URL('../../../../', import.meta.url)), join(folder, 'node_modules', 'cowcheck'));
    const text = CHUNKED.replace('export default {', 'const job = {').replaceAll('export function*', 'function*');
    for (const [file, end] of [
      ['whole', 'module.exports = defineJob(job);'],
      ['named', 'exports.job = defineJob(job);'],
      ['inner', 'exports.default = defineJob(job);'],
    ] as const) {
      writeFileSync(join(folder, `${file}.cjs`), `const { defineJob } = require('cowcheck');\n${text}\n${end}\n`);
      expect(await check(`${file}.cjs`)).toMatchObject({ status: 0, err: '' });
    }
  });

  it('says of TypeScript what this node makes of it', async () => {
    writeFileSync(join(folder, 'typed.ts'), `type Nothing = never;\n${CHUNKED}`);
    const ran = await check('typed.ts');
    const runsIt = 'typescript' in process.features && Boolean(process.features.typescript);
    if (!runsIt)
      expectRefused(ran, 'cannot run TypeScript: use node 22.18 or newer, compile it, or write it as .mjs with its types in comments');
    else expect(ran.status).toBe(0);
  });

  it('refuses options that make no sense with it', async () => {
    expectRefused(await check('chunked.mjs', '--mode', 'none'), "chunked.mjs has no mode 'none'. Expected full or top.");
    expectRefused(
      await check('chunked.mjs', '--without', 'copyBeforeWrite'),
      "option '--without' cannot be used with a custom job: it switches off rules of built-in jobs.",
    );
  });

  it('tells in one line what a job does wrong while it runs, whichever thread it runs in', async () => {
    const wrong: [file: string, text: string, says: string | RegExp][] = [
      [
        'no-step.mjs',
        edited('yield* backup.sleep(c);', 'yield 12345;'),
        'no-step.mjs: after step "start", the job yields 12345, which is not a step. Use yield* with one of the backup\'s verbs',
      ],
      [
        'no-star.mjs',
        edited('yield* backup.sleep(c);', 'yield backup.sleep(c);'),
        'after step "start", the job yields sleep as it is: write yield* in place of yield',
      ],
      [
        'no-yield.mjs',
        edited('yield* backup.sleep(c);', 'backup.sleep(c);'),
        'the job calls sleep without yield*, so nothing of it happens',
      ],
      [
        'own-error.mjs',
        edited('cells.busy.set(c, 1);', 'cells.bussy.set(c, 1);'),
        "the job throws TypeError: Cannot read properties of undefined (reading 'set') (own-error.mjs:",
      ],
      [
        'range.mjs',
        edited('cells.busy.set(c, 1);', 'cells.busy.set(99, 1);'),
        'the job throws an error: "busy" has no cluster 99: the disk has',
      ],
      [
        'local.mjs',
        edited(
          'for (let c = 0; c < backup.clusters;) {',
          'let turns = 0;\n    for (let c = 0; c < backup.clusters;) {\n      if (turns++ > 2) yield* backup.sleep(c);',
        ),
        new RegExp(
          String.raw`local\.mjs: from the step "[^"]+" \(local\.mjs:2\d:\d+\) it continues now in one way and now in another: ` +
            String.raw`a variable that changes lives across a yield\*`,
        ),
      ],
    ];
    for (const [file, text, says] of wrong) {
      writeFileSync(join(folder, file), text);
      const ran = await check(file);
      expect(ran.err).toMatch(/^cowcheck: [^\n]+\n$/);
      expect(ran.err).toMatch(says);
      expect({ status: ran.status, out: ran.out }).toEqual({ status: 2, out: '' });
    }
  });

  it('tells of a failure where the job throws in another run: as it goes on, and while it makes the trace smaller', async () => {
    const throwing = (where: string): string =>
      FORGETFUL.replace(
        '*beforeWrite(',
        `steps: ['openTarget'],\n  *run(backup) {\n    if (${where}) yield* backup.step(backup.job, 'openTarget', 99);\n` +
          '    yield* chunked.run(backup);\n  },\n\n  *beforeWrite(',
      );
    writeFileSync(join(folder, 'none.mjs'), throwing('backup.clusters === 0'));
    writeFileSync(join(folder, 'small.mjs'), throwing('backup.sectors === 1'));
    const ways = [
      ['none.mjs', '--keep-going'], // another run
      ['none.mjs', '--prove-seconds', '20'], // the proof
      ['small.mjs', '--seed', 'a'], // the shrinking: what is found first is larger
    ] as const;
    for (const [job, ...more] of ways) {
      const out = `throws-${job}${more.join('')}`;
      const { status, out: said, err } = await check(job, '--mode', 'full', '--runs', '400', '--out', out, ...more);
      expect({ status, err }).toEqual({ status: 1, err: expect.stringMatching(/^cowcheck: failure 1: snapshot-kept is broken in FULL, /) });
      expect(said).toContain('\n1. property snapshot-kept is broken in mode FULL: ');
      const [, told] = /^cowcheck: failure 1: .*: (.*)$/m.exec(err)!;
      expect(tracesIn(join(folder, out)).map((name) => `${out}/${name}`)).toContain(told);
      expect(err).toMatch(new RegExp(`^cowcheck: ${job}: after step "start", the job throws an error: there is no cluster 99: `, 'm'));
    }
  });

  it('tells of a variable that begins to matter late, and of a failure that does not come again, and calls neither broken', async () => {
    const late = (when: string): string =>
      CHUNKED.replace('export default {', 'let calls = 0;\nexport default {').replace(
        '*beforeWrite(backup, me) {',
        `*beforeWrite(backup, me) {\n    if (${when}) return 0;`,
      );
    writeFileSync(join(folder, 'late.mjs'), late('++calls > 9000'));
    expectRefused(
      await cowcheck('check', '--job', 'late.mjs', '--exhaustive', '--mode', 'full', '--clusters', '1', '--writes', '2', '--workers', '1'),
      'late.mjs: from the step "',
    );
    if (sized(true, false)) return; // a failure that does not come again takes 12,000 runs
    writeFileSync(join(folder, 'while.mjs'), late('++calls > 9000 && calls < 9020'));
    expectRefused(await check('while.mjs', '--runs', '12000'), 'while.mjs: ');
  });
});
