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
    ['chek', /^unknown command 'chek' \(Did you mean check\?\)\. See: cowcheck --help\n$/],
    ['help chek', /^unknown command 'chek' \(Did you mean check\?\)\. See: cowcheck --help\n$/],
    ['--jsn', /^unknown option '--jsn'\. See: cowcheck --help\n$/],
    ['check --run 5', /^unknown option '--run' \(Did you mean --runs\?\)\. See: cowcheck check --help\n$/],
    ['check everything', /^too many arguments for 'check'.* See: cowcheck check --help\n$/],
    [
      'check --mode ful',
      new RegExp(
        String.raw`^option '--mode <modes>' cannot be 'ful'\. ` +
          String.raw`Expected a comma-separated list of full, top, none, bitmap, or all\. ` +
          String.raw`Did you mean full\? See: cowcheck check --help\n$`,
      ),
    ],
    [
      'check --job qemu-1.5',
      new RegExp(
        String.raw`^option '--job <name|file>' cannot be 'qemu-1.5'\. Expected correct, qemu-1.6, ` +
          String.raw`[a-z0-9., -]+, or a module with a custom job, such as ./my-job.mjs\. ` +
          String.raw`Did you mean qemu-1.6\? See: cowcheck check --help\n$`,
      ),
    ],
    ['check --strategy lucky', /^option '--strategy <name>'.* Expected one of random, sticky, [a-z, ]+\. See: cowcheck check --help\n$/],
    ['check --effects sectors', /Did you mean sector\?/],
    ['check --wake qeum', /Did you mean qemu\?/],
    [
      'check --without copyBeforWrite',
      new RegExp(
        String.raw`^option '--without <rule>' cannot be 'copyBeforWrite'\. There is no such rule\. ` +
          String.raw`Did you mean copyBeforeWrite\? "cowcheck rules" lists all rules\. See: cowcheck check --help\n$`,
      ),
    ],
    ['check --runs 0', /^option '--runs <n>' cannot be '0'\. Expected a whole number from 1 to 1000000000000\. See: /],
    ['check --seconds 0', /^option '--seconds <s>' cannot be '0'\. Expected a number of seconds above 0 and up to 1000000\. See: /],
    ['check --clusters 65', /^option '--clusters <n>' cannot be '65'\. Expected a whole number from 1 to 64\. See: /],
    ['check --workers 0', /^option '--workers <n>' cannot be '0'\. Expected a whole number from 1 to 256\. See: /],
    ['check --out=', /^option '--out <dir>' cannot be ''\. Expected the name of a folder\. See: /],
    ['check --seed', /^option '--seed <text>' requires a value\. See: cowcheck check --help\n$/],
    ['check --workload nothing.log', /^nothing\.log: no such file\n$/],
    ['check --window 1+2', /^option '--window' requires --workload\. See: /],
    [
      `check --workload ${WORKLOAD} --window 0+2`,
      /^option '--window <from\+count>' cannot be '0\+2'\. Expected FROM\+COUNT, such as 4001\+1000: .* at most 50000\. See: /,
    ],
    [
      `check --workload ${WORKLOAD} --window 493+1`,
      new RegExp(`^${WORKLOAD}: the log has 492 requests, but the window begins at request 493\n$`),
    ],
    [`check --workload ${GOLDEN}`, new RegExp(`^${GOLDEN}:1: [^\\n]+\\n$`)],
    ['replay', /^missing required argument 'trace'\. See: cowcheck replay --help\n$/],
    [`replay ${GOLDEN} nothing.trace.yaml`, /^nothing\.trace\.yaml: no such file\n$/],
    [`replay ${WORKLOAD}`, new RegExp(`^${WORKLOAD}:\\d+:\\d+: not [^\\n]+\\n$`)],
    [`replay ${GOLDEN} --with wakeWaiter`, /Did you mean wakeWaiters\?/],
    ['keep nothing.trace.yaml', /^nothing\.trace\.yaml: no such file\n$/],
    ['bench --seconds soon', /^option '--seconds <s>' cannot be 'soon'\..* See: cowcheck bench --help\n$/],
  ];

  it.each(REFUSED)('is refused with status 2, in a line that says what was expected: %s', async (args, says) => {
    expectRefused(await cowcheck(...args.split(' ')), says);
  });

  it('is quoted in part if it is long, and never as it is if a terminal might obey', async () => {
    const long = 'x'.repeat(100_000);
    expectRefused(await cowcheck(long), /^unknown command 'x{79}\.\.\.'\. See: cowcheck --help\n$/);
    expectRefused(await cowcheck('check', '--mode', long), /^option '--mode <modes>' cannot be 'x{79}\.\.\.'\. /);
    expectRefused(await cowcheck('replay', long), /^x{60}\.\.\.: the file name is too long\n$/);
    expectRefused(await cowcheck('check', '--\u001B[2J'), /^unknown option '--\\u001b\[2J'\. See: /);
    expectRefused(await cowcheck('replay', 'a\u001B[2J\nb'), /^a\\u001b\[2J\\u000ab: no such file\n$/);
  });
});
