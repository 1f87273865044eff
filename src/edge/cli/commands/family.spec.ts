/** `check --family`, as the built command meets it. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { oneIn, sized } from '../../../../tools/nightly/testing.ts';
import { CommandHost } from '../testing.ts';

let folder: string;
let host: CommandHost;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cowcheck-family-'));
  host = new CommandHost({ cwd: folder });
});
afterAll(async () => {
  await host.end();
  rmSync(folder, { recursive: true, force: true });
});

const check = (...more: string[]): ReturnType<CommandHost['run']> =>
  host.run(['check', '--workers', '1', '--seed', 'spec', '--prove-seconds', '0', '--runs', '64', ...more]);

describe('check --family', () => {
  it('block-copy checks the modes that it has', async () => {
    const { status, out } = await check('--family', 'block-copy', '--json');
    const { options, byMode } = JSON.parse(out) as { options: object; byMode: object };
    expect(status).toBe(0);
    expect(options).toMatchObject({ job: 'block-copy' });
    expect(Object.keys(byMode)).toEqual(['full', 'top', 'none', 'bitmap']);
  });

  it('a mode that only block-copy has picks it', async () => {
    const { options, byMode } = JSON.parse((await check('--mode', 'bitmap', '--json')).out) as { options: object; byMode: object };
    expect(options).toMatchObject({ job: 'block-copy' });
    expect(Object.keys(byMode)).toEqual(['bitmap']);
  });

  it.each([
    ['--job', 'qemu-1.6'],
    ['--family', 'notifier'],
    ['--family', 'all'],
  ])('a mode that the job has not is refused in one line: %s %s', async (...args) => {
    const { status, err } = await check('--mode', 'bitmap', ...args);
    expect(status).toBe(2);
    expect(err).toMatch(
      new RegExp(
        String.raw`^cowcheck: mode 'bitmap' is not available (?:with the job qemu-1\.6|in the family 'notifier'), ` +
          'which has full, top and none: ' +
          String.raw`use --family block-copy, or a --job of QEMU 4\.2 or newer\. See: cowcheck check --help\n$`,
      ),
    );
  });

  it.each(
    oneIn(2, [
      ['--family', 'all'],
      ['--job', 'all'],
    ] as const),
  )('%s %s checks each family, with its share of what may be run', async (...args) => {
    const { status, out } = await check(...args);
    expect(status).toBe(0);
    expect([...out.matchAll(/^ {2}([A-Z]+) +holds +(\d+) schedules/gm)].map(([, mode, runs]) => `${mode} ${runs}`)).toEqual([
      'FULL 11',
      'TOP 11',
      'NONE 10',
      'FULL 8',
      'TOP 8',
      'NONE 8',
      'BITMAP 8',
    ]);
  });

  it('a rule that is to be off picks the family that has it', async () => {
    const { options } = JSON.parse((await check('--without', 'passesUntilClean', '--mode', 'none', '--json')).out) as { options: object };
    expect(options).toMatchObject({ job: 'block-copy', without: ['passesUntilClean'] });
  });

  it.each(
    oneIn(2, [
      ['qemu-5.2', /qemu-5\.2, which breaks 3 rules of a correct backup/],
      ['qemu-11.1', /qemu-11\.1, which breaks 3 rules of a correct backup/],
    ] as const),
  )('an era says what it lacks: %s', async (job, says) => {
    const { out } = await check('--job', job, '--mode', 'top');
    expect(out).toMatch(says);
  });

  it('keeps a trace that is replayed, made smaller, explained and refused where its rule is on', async () => {
    const found = await check('--family', 'block-copy', '--mode', 'full', '--without', 'waitForTasksInRange');
    expect(found.status).toBe(1);
    const [name] = readdirSync(join(folder, 'cowcheck-traces'));
    const path = join('cowcheck-traces', name!);
    expect((await host.run(['replay', path])).out).toMatch(/^reproduced/);
    expect((await host.run(['replay', path, '--with', 'waitForTasksInRange'])).out).toMatch(/^holds now/);
    if (sized(false, true)) expect((await host.run(['shrink', path, '--json'])).status).toBe(0);
    const { sentence, rules } = JSON.parse((await host.run(['explain', path, '--json'])).out) as { sentence: string; rules: string[] };
    expect(sentence).toMatch(/g1 wrote sector 0 .* before cluster 0/);
    expect(rules).toEqual(['waitForTasksInRange']);
  });

  it.each([
    [['--family', 'block-copy', '--without', 'wakeWaiters'], 'the family block-copy has no rule wakeWaiters'],
    [['--without', 'claimIsOneStep', '--without', 'wakeWaiters'], 'the family notifier has no rule claimIsOneStep'],
    [['--job', 'qemu-1.6', '--without', 'claimIsOneStep'], 'the family notifier has no rule claimIsOneStep'],
    [['--job', 'qemu-5.2', '--without', 'wakeWaiters'], 'the family block-copy has no rule wakeWaiters'],
    [['--family', 'notifier', '--job', 'qemu-5.2'], "option '--family notifier' cannot be used with the job qemu-5.2"],
    [['--job', 'all', '--json'], "option '--json' works with one family only: add --family notifier or --family block-copy"],
    [['--family', 'block-copy', '--job', 'qemu-1.6'], "option '--family block-copy' cannot be used with the job qemu-1.6"],
    [['--family', 'all', '--json'], "option '--json' works with one family only: add --family notifier or --family block-copy"],
  ])('refuses %s', async (args, says) => {
    const { status, err } = await check(...args);
    expect(err).toContain(says);
    expect(status).toBe(2);
  });
});

describe('rules --family', () => {
  it('lists the rules of block-copy', async () => {
    const rules = JSON.parse((await host.run(['rules', '--family', 'block-copy', '--json'])).out) as { name: string; history: string }[];
    expect(rules).toContainEqual(expect.objectContaining({ name: 'claimIsOneStep', history: expect.stringContaining('B-85') as string }));
  });
});
