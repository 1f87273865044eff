/** `check --watch`, in a pipe: again on save, what was found before comes first, and Ctrl-C ends it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MAIN, runHere } from '../testing.ts';

const EXAMPLES = fileURLToPath(new URL('../../../../examples/own-job/', import.meta.url));
const MENDED = "export { default } from './chunked.mjs';\n";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cowcheck-watch-'));
  for (const name of ['chunked.mjs', 'forgetful.mjs']) copyFileSync(join(EXAMPLES, name), join(folder, name));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A process that goes on, and what it has said so far. */
class Going {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  #said = '';
  #onData = (): void => {};

  constructor(...args: readonly string[]) {
    this.child = spawn(process.execPath, [MAIN, 'check', ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    this.ended = new Promise((resolve) => void this.child.on('close', resolve));
    for (const stream of [this.child.stdout!, this.child.stderr!])
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#said += text;
        this.#onData();
      });
  }

  /** @returns what it says up to this, which is forgotten */
  until(this: Going, says: RegExp): Promise<string> {
    return new Promise((resolve) => {
      this.#onData = () => {
        const met = says.exec(this.#said);
        if (met === null) return;
        const said = this.#said.slice(0, met.index + met[0].length);
        this.#said = this.#said.slice(said.length);
        this.#onData = () => {};
        resolve(said);
      };
      this.#onData();
    });
  }
}

const WAITS = /cowcheck: waiting until forgetful\.mjs is saved; press Ctrl-C to stop\n/;

it('checks again on save, the corpus first, until it is interrupted', { timeout: 60_000 }, async () => {
  const options = '--mode full --workers 1 --seed a --runs 60 --prove-seconds 0'.split(' ');
  const watching = new Going('--watch', 'forgetful.mjs', ...options);
  const first = await watching.until(WAITS);
  expect(first).toContain('property snapshot-kept is broken in mode FULL');
  expect(first).not.toContain('of the corpus');

  writeFileSync(join(folder, 'forgetful.mjs'), MENDED);
  const mended = await watching.until(WAITS);
  expect(mended).toContain('cowcheck: 0 of 1 failure of the corpus still there\n');
  expect(mended).toContain('No property was broken.');

  watching.child.kill('SIGINT');
  expect(await watching.ended).toBe(130);
});

it.each([
  ['--watch job.txt', "option '--watch' requires a module with a custom job, such as ./my-job.mjs, not 'job.txt'."],
  ['--watch chunked.mjs --job forgetful.mjs', "options '--watch' and '--job' name different jobs: name it once."],
  ['--watch --report a', "option '--report' cannot be used with --watch, which starts many searches."],
  ['--watch nowhere/a.mjs', 'nowhere: it cannot be watched (ENOENT)'],
])('refuses in one line: check %s', async (args, says) => {
  const { status, out, err } = await runHere(['check', ...args.split(' ')], { cwd: folder });
  expect({ status, out }).toEqual({ status: 2, out: '' });
  expect(err).toMatch(/^cowcheck: [^\n]+\n$/);
  expect(err).toContain(says);
});
