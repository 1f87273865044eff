/** A rule is named by itself, by its defect, or by the commit that mended it, in the family that has it. */
import { describe, expect, it } from 'vitest';
import { rulesOff } from '../../../../model/families/notifier/eras.ts';
import { historyOf } from '../../../../model/families/history.ts';
import { RULES, RULE_NAMES } from '../../../../model/families/notifier/rules.ts';
import type { Rule } from '../../../../model/families/rule.ts';
import { sized } from '../../../../tools/nightly/testing.ts';
import { runHere } from '../testing.ts';

const namesOf = async (...args: readonly string[]): Promise<string[]> =>
  (JSON.parse((await runHere(['rules', ...args, '--json'])).out) as { name: string }[]).map(({ name }) => name);

it.each([
  ['drainBeforeUnhook', ['drainBeforeUnhook']],
  ['S-25', ['drainBeforeUnhook']],
  ['s-25', ['drainBeforeUnhook']],
  ['ec050f77a5', ['copyBeforeDiscard']],
  ['B-104', ['bitmapWaitsForCopies']],
  ['brokenSnapshotFailsJob', ['brokenSnapshotFailsJob']],
])('rules %s', async (asked, names) => {
  expect(await namesOf(asked)).toEqual(names);
});

it('has each once, however often it is named', async () => {
  expect(await namesOf('S-25', 'drainBeforeUnhook')).toEqual(['drainBeforeUnhook']);
});

it.each(['S-99', 'ec05', 'B-1040'])('refuses %s, which is none', async (asked) => {
  const { status, out, err } = await runHere(['rules', asked]);
  expect({ status, out }).toEqual({ status: 2, out: '' });
  expect(err).toContain('List the rules with: cowcheck rules.');
});

it('keeps to a family that is named', async () => {
  const { status, err } = await runHere(['rules', 'B-104', '--family', 'notifier']);
  expect({ status, err }).toEqual({ status: 2, err: expect.stringContaining('the family notifier has no rule bitmapWaitsForCopies') });
});

describe('rules', { timeout: 120_000 }, () => {
  it('are listed, each with its sentence and what goes wrong without it', async () => {
    const { status, out, err } = await runHere(['rules', '--verbose']);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    const text = out.replaceAll(/\s+/g, ' ');
    for (const name of RULE_NAMES) {
      expect(out).toMatch(new RegExp(`^${name}$`, 'm'));
      expect(text).toContain(`${RULES[name].sentence} Without it: ${RULES[name].without}`);
      expect(text).toContain(historyOf(RULES[name] as Rule));
    }
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('are a table, from which one goes on to each', async () => {
    const { status, out, err } = await runHere(['rules']);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    for (const name of RULE_NAMES) expect(out).toMatch(new RegExp(`^${name} +\\S`, 'm'));
    expect(out).toMatch(/^copyBeforeDiscard +1\.6 to 2\.6 +S-01, B-01 +ec050f77a5 \(2\.7\)$/m);
    expect(out).toMatch(/\n {2}npx cowcheck rules \w+\n$/);
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('are listed as JSON', async () => {
    const { status, out, err } = await runHere(['rules', '--json']);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(JSON.parse(out)).toEqual(RULE_NAMES.map((name) => ({ name, ...RULES[name], history: historyOf(RULES[name] as Rule) })));
  });
});

describe('rules --show', { timeout: 120_000 }, () => {
  // By day the print is compared with the model (src/fold/print.spec.ts): to fold takes seconds.
  it.skipIf(sized(true, false))('prints a job with its rules folded in', async () => {
    const { status, out, err } = await runHere([
      'rules',
      '--show',
      'qemu-1.6',
      '--with',
      'drainGuestAtStart',
      '--without',
      'wakeWaiters',
      '--json',
    ]);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    const { job, off, text } = JSON.parse(out) as { job: string; off: string[]; text: string };
    expect({ job, off }).toEqual({
      job: 'qemu-1.6',
      off: rulesOff({ job: 'qemu-1.6', with: ['drainGuestAtStart'], without: ['wakeWaiters'] }),
    });
    expect(text).toMatch(/^\/\/ The backup job `qemu-1\.6 --with drainGuestAtStart --without wakeWaiters`/);
    expect(text).toContain('    yield* source.drain(this, START_DRAIN);\n    takePointInTime(this);');
    expect(text).not.toContain('wakeAll');
  });

  it.each([
    [
      ['--show', 'qemu-1.5'],
      /^cowcheck: invalid value 'qemu-1\.5' for '--show' \(did you mean 'qemu-1\.6'\?\)\. See: cowcheck rules --help\n$/,
    ],
    [['--without', 'wakeWaiters'], /^cowcheck: option '--without' requires --show\. See: cowcheck rules --help\n$/],
  ])('refuses %s', async (args, says) => {
    const { status, out, err } = await runHere(['rules', ...args]);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(says);
  });
});
