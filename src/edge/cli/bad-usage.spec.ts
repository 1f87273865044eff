/** Bad usage is refused in one line, which says what was expected and where to read more. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONTROL, GOLDEN, type Ran, WORKLOAD, runHere } from './testing.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cowcheck-usage-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the command in a folder of its own, inside this process. */
const cowcheck = (...args: readonly string[]): Promise<Ran> => runHere(args, { cwd: folder });

/** Bad usage and bad input: status 2, nothing on standard output, and one line that says what is wrong. */
function expectRefused({ status, out, err }: Ran, says: RegExp): void {
  expect(err).toMatch(/^cowcheck: [^\n]+\n$/);
  expect(err).not.toMatch(CONTROL);
  expect(err.slice('cowcheck: '.length)).toMatch(says);
  expect({ status, out }).toEqual({ status: 2, out: '' });
}

describe('bad usage', { timeout: 120_000 }, () => {
  const REFUSED: readonly [args: string, says: RegExp][] = [
    ['chek', /^unknown command 'chek' \(did you mean 'check'\?\)\. See: cowcheck --help\n$/],
    ['help chek', /^unknown command 'chek' \(did you mean 'check'\?\)\. See: cowcheck --help\n$/],
    ['--jsn', /^unknown option '--jsn'\. See: cowcheck --help\n$/],
    ['check --run 5', /^unknown option '--run' \(did you mean '--runs'\?\)\. See: cowcheck check --help\n$/],
    [
      'check --skip progress-adds-up',
      /^unknown option '--skip'\. To switch a property off, set skip in [^\n]+ See: cowcheck check --help\n$/,
    ],
    ['check everything', /^too many arguments for 'check'.* See: cowcheck check --help\n$/],
    [
      'check --mode ful',
      new RegExp(
        String.raw`^invalid value 'ful' for '--mode' \(did you mean 'full'\?\)\. ` +
          String.raw`Expected a comma-separated list of full, top, none, bitmap, or all\. See: cowcheck check --help\n$`,
      ),
    ],
    [
      'check --job fastest',
      new RegExp(
        String.raw`^invalid value 'fastest' for '--job'\. Expected correct, all, a release from qemu-1.6 to qemu-[\d.]+, ` +
          String.raw`or a module with a custom job, such as ./my-job.mjs\. See: cowcheck check --help\n$`,
      ),
    ],
    [
      'check --strategy lucky',
      /^invalid value 'lucky' for '--strategy'\. Expected random, sticky, [a-z, ]+ or [a-z]+\. See: cowcheck check --help\n$/,
    ],
    ['check --effects sectors', /\(did you mean 'sector'\?\)/],
    ['check --wake qeum', /\(did you mean 'qemu'\?\)/],
    [
      'check --without copyBeforWrite',
      new RegExp(
        String.raw`^invalid value 'copyBeforWrite' for '--without' \(did you mean 'copyBeforeWrite'\?\)\. ` +
          String.raw`List the rules with: cowcheck rules\.\n$`,
      ),
    ],
    ['check --runs 0', /^invalid value '0' for '--runs'\. Expected a whole number from 1 to 1000000000000\. See: /],
    ['check --seconds 0', /^invalid value '0' for '--seconds'\. Expected a number of seconds above 0 and up to 1000000\. See: /],
    ['check --clusters 65', /^invalid value '65' for '--clusters'\. Expected a whole number from 1 to 64\. See: /],
    ['check --workers 0', /^invalid value '0' for '--workers'\. Expected a whole number from 1 to 256\. See: /],
    ['check --out=', /^invalid value '' for '--out'\. Expected the name of a directory\. See: /],
    ['check --seed', /^option '--seed' requires a value\. See: cowcheck check --help\n$/],
    ['check --workload nothing.log', /^nothing\.log: no such file\n$/],
    ['check --window 1+2', /^option '--window' requires --workload\. See: /],
    [
      `check --workload ${WORKLOAD} --window 0+2`,
      /^invalid value '0\+2' for '--window'\. Expected FROM\+COUNT, such as 4001\+1000: .* at most 50000\. See: /,
    ],
    [
      `check --workload ${WORKLOAD} --window 493+1`,
      new RegExp(`^${WORKLOAD}: the log has 492 requests, but the window begins at request 493\n$`),
    ],
    [`check --workload ${GOLDEN}`, new RegExp(`^${GOLDEN}:1: [^\\n]+\\n$`)],
    ['replay', /^missing required argument 'trace'\. See: cowcheck replay --help\n$/],
    [`replay ${GOLDEN} nothing.trace.yaml`, /^nothing\.trace\.yaml: no such file\n$/],
    [`replay ${WORKLOAD}`, new RegExp(`^${WORKLOAD}:\\d+:\\d+: not [^\\n]+\\n$`)],
    [`replay ${GOLDEN} --with wakeWaiter`, /\(did you mean 'wakeWaiters'\?\)/],
    ['keep nothing.trace.yaml', /^nothing\.trace\.yaml: no such file\n$/],
    ['bench --seconds soon', /^invalid value 'soon' for '--seconds'\..* See: cowcheck bench --help\n$/],
  ];

  it.each(REFUSED)('is refused with status 2, in a line that says what was expected: %s', async (args, says) => {
    expectRefused(await cowcheck(...args.split(' ')), says);
  });

  it('is quoted in part if it is long, and never as it is if a terminal might obey', async () => {
    const long = 'x'.repeat(100_000);
    expectRefused(await cowcheck(long), /^unknown command 'x{79}\.\.\.'\. See: cowcheck --help\n$/);
    expectRefused(await cowcheck('check', '--mode', long), /^invalid value 'x{79}\.\.\.' for '--mode'\. /);
    expectRefused(await cowcheck('replay', long), /^x{60}\.\.\.: the file name is too long\n$/);
    expectRefused(await cowcheck('check', '--\u001B[2J'), /^unknown option '--\\u001b\[2J'\. See: /);
    expectRefused(await cowcheck('replay', 'a\u001B[2J\nb'), /^a\\u001b\[2J\\u000ab: no such file\n$/);
  });
});
