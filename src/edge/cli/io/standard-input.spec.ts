/** `-`, where a command takes a trace or a log: what comes through a pipe is read like a file, once. */
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { GOLDEN, MAIN, type Ran, WORKLOAD, runHere } from '../testing.ts';

const TRACE = readFileSync(GOLDEN);

/** Runs the command inside this process, with other standard input. */
async function cowcheck(args: string, input: string | Buffer): Promise<Ran> {
  const ours = Object.getOwnPropertyDescriptor(process, 'stdin')!;
  Object.defineProperty(process, 'stdin', { configurable: true, value: Readable.from([Buffer.from(input)]) });
  try {
    const { status, out, err } = await runHere(args.split(' '), { cwd: tmpdir() });
    return { status, out, err: err.replaceAll(/^cowcheck: \d+ % done, .*\n/gm, '') }; // progress, on a slow machine
  } finally {
    Object.defineProperty(process, 'stdin', ours);
  }
}
const putBy = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('cowcheck-input-'));

describe('standard input', { timeout: 60_000 }, () => {
  it('is a trace, through a pipe', () => {
    const piped = spawnSync(process.execPath, [MAIN, 'replay', '-'], { input: TRACE, encoding: 'utf8', cwd: tmpdir() });
    const { status, stdout: out } = piped;
    expect({ status, out }).toEqual({ status: 0, out: expect.stringMatching(/^reproduced {2}-\n {2}\S+ breaks at step \d+: .*\n$/) });
  });

  it('is formatted to standard output', async () => {
    const first = await cowcheck('trace fmt -', TRACE);
    expect(first).toMatchObject({ status: 0, err: '', out: expect.stringMatching(/^# yaml-language-server: .*\ntrace: 2\n/) });
    expect(await cowcheck('trace fmt -', first.out)).toEqual(first);
  });

  it('is a log, also one that is packed, and nothing of it is left', async () => {
    const log = gzipSync(readFileSync(WORKLOAD));
    const before = putBy();
    const { status, out, err } = await cowcheck('check --workload - --window 1+20 --runs 4 --mode full --workers 1 --seed a --json', log);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({ verdict: 'holds', options: { workload: '-' } });
    expect(putBy()).toEqual(before);
  });

  it.each([
    ['replay - -', TRACE, "'-' is standard input, which can be read only once. See: cowcheck replay --help"],
    ['keep -', TRACE, "'-' is standard input: keep moves a file, so name one. See: cowcheck keep --help"],
    ['trace fmt - --json', TRACE, "option '--json' has no effect here: fmt of standard input writes the trace to standard output."],
    ['explain -', 'no trace', '-:1:1: not a trace: the key "trace" is missing (a trace has "trace: 2")'],
    ['replay -', Buffer.from([0xff]), '-:1: it is not text: expected UTF-8'],
  ])('is refused in one line: %s', async (args, input, says) => {
    const { status, out, err } = await cowcheck(args, input);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(/^cowcheck: [^\n]+\n$/);
    expect(err).toContain(says);
  });
});
