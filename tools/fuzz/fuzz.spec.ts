/** The fuzzer must be able to fail, so most of this gives it readers that are wrong. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** `npm test` builds it before. */
const FUZZ = fileURLToPath(new URL('../../dist/tools/fuzz/main.js', import.meta.url));
const SLOW_MS = 120_000;
/** Holds for a few texts of a thousand. */
const SOME = 'text.length % 50 === 27';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cowcheck-fuzz-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

function fuzz(...args: string[]): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [FUZZ, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.on('error', reject).on('close', (status) => resolve({ status, out, err }));
  });
}

/** The last line, without what the clock decides. */
function summary({ out }: Ran): { mutations: number; read: number; refused: number; failures: number; digest: string } {
  const said =
    /^seed \S+: ([\d,]+) mutations in [\d.]+ s, [\d,]+\/s: ([\d,]+) read, ([\d,]+) refused, (\d+) failures; digest ([0-9a-f]{8})$/m.exec(
      out,
    );
  if (said === null) throw new Error(`no summary in: ${out}`);
  const [mutations, read, refused, failures] = said.slice(1, 5).map((text) => Number(text.replaceAll(',', '')));
  return { mutations: mutations!, read: read!, refused: refused!, failures: failures!, digest: said[5]! };
}

/** Readers of which that of traces does this with some texts, and reads all others. */
function readersThat(name: string, does: string): string {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(
    path,
    `class Refusal extends Error {}\nconst fine = { read: () => {}, Refusal };\nexport const READERS = { ` +
      `trace: { read: (text) => { if (${SOME}) { ${does} } }, Refusal }, log: fine };\n`,
  );
  return path;
}

describe('our readers', { timeout: SLOW_MS }, () => {
  it('read or refuse eight thousand texts with mistakes in them, some of each', async () => {
    const ran = await fuzz('--mutations', '8000', '--seed', 'spec', '--workers', '2');
    expect(ran.err).toMatch(/^(cowcheck: \d+ % done, [^\n]+\n)*$/);
    expect(ran.out).toMatch(/^seed spec: 8,000 mutations in [^\n]+\n$/); // and no word of a failure before
    expect(ran.status).toBe(0);
    const { read, refused } = summary(ran);
    expect(read + refused).toBe(8_000);
    expect(Math.min(read, refused)).toBeGreaterThan(400);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('the texts', { timeout: SLOW_MS, concurrent: true }, () => {
  it('are the same for a seed, whatever the workers, and others for another', async () => {
    const [one, three, other] = await Promise.all(
      [
        ['a', '1'],
        ['a', '3'],
        ['b', '3'],
      ].map(async ([seed, workers]) => summary(await fuzz('--mutations', '2001', '--seed', seed!, '--workers', workers!))),
    );
    expect(one!.mutations).toBe(2_001);
    expect(three).toEqual(one);
    expect(other!.digest).not.toBe(one!.digest);
  });

  it('can be had one by one', async () => {
    const [first, again, next] = await Promise.all(
      ['x', 'y', 'z'].map((out, i) => fuzz('--seed', 'a b', '--only', i < 2 ? '17' : '18', '--out', out)),
    );
    expect(first!.status).toBe(0);
    const [saved, said, ...more] = first!.out.split('\n');
    expect(saved).toMatch(/^seed a b, mutation 17: [\d,]+ characters, saved as x\/fuzz-a_b-17\.(log|trace\.yaml)$/);
    expect(said).toMatch(/^the (log|trace) reader (reads it|refuses it: .+)$/);
    expect(more).toEqual(['']);
    const [text, same, another] = [first!, again!, next!].map(({ out }) =>
      readFileSync(join(folder, /saved as (\S+)/.exec(out)![1]!), 'utf8'),
    );
    expect(same).toBe(text);
    expect(another).not.toBe(text);
  });
});

describe('a reader', { timeout: SLOW_MS, concurrent: true }, () => {
  const WRONG: readonly [about: string, does: string, says: RegExp][] = [
    ['throws what it should not', 'null.length;', /threw TypeError: Cannot read properties of null .* at /],
    ['throws something that is no error', 'throw 7;', /threw 7/],
    ['refuses in two lines', "throw new Refusal('one\\ntwo');", /refused it with control characters or in several lines: "one\\ntwo"/],
    ['refuses in words that a terminal obeys', "throw new Refusal('\\u009b2J');", /refused it with control characters/],
    ['refuses in a word too long', "throw new Refusal('x'.repeat(5000));", /refused it in 5000 characters/],
  ];

  it.each(WRONG)('that %s fails, and its texts are saved and can be shown to it again', async (about, does, says) => {
    const [readers, out] = [readersThat(about.replaceAll(' ', '-'), does), `out ${about}`];
    const more = ['--seed', 'spec', '--readers', readers, '--out', out];
    const [ran, alone] = await Promise.all(['2', '1'].map((workers) => fuzz('--mutations', '1200', '--workers', workers, ...more)));
    expect(ran!.status).toBe(1);
    const failures = ran!.out.split('\n').filter((line) => /^mutation \d+: the trace reader /.test(line));
    expect(failures.length).toBe(summary(ran!).failures);
    expect(failures.length).toBeGreaterThan(0);
    expect(failures.length).toBeLessThan(20); // or it would have ended early
    for (const line of failures) expect(line).toMatch(says);
    expect(summary(alone!)).toEqual(summary(ran!));

    const [name] = readdirSync(join(folder, out));
    expect(readdirSync(join(folder, out))).toHaveLength(failures.length);
    const text = readFileSync(join(folder, out, name!), 'utf8');
    const [, n] = /^mutation (\d+):/.exec(failures.find((_, i) => name!.includes(`-${/^mutation (\d+):/.exec(failures[i]!)![1]}.`))!)!;
    const again = await fuzz('--only', n!, ...more, '--out', `${out} again`);
    expect(again.status).toBe(1);
    expect(again.out).toMatch(says);
    expect(readFileSync(join(folder, `${out} again`, name!), 'utf8')).toBe(text);
  });

  it('that takes long fails', async () => {
    const once = 'if ((globalThis.times = (globalThis.times ?? 0) + 1) <= 4)'; // and again, for the machine may have been busy
    const readers = readersThat('slow', `${once} for (const end = performance.now() + 2300; performance.now() < end; );`);
    const { status, out } = await fuzz('--mutations', '1200', '--seed', 'spec', '--workers', '1', '--readers', readers);
    expect(status).toBe(1);
    expect(out).toMatch(/^mutation \d+: the trace reader took \d{4} ms, and no less in 3 calls$/m);
  });

  it('that does not come back fails', async () => {
    const { status, out } = await fuzz(
      '--mutations',
      '4000',
      '--seed',
      'spec',
      '--workers',
      '1',
      '--readers',
      readersThat('stuck', 'for (;;);'),
    );
    expect(status).toBe(1);
    const [, n] = /^mutation (\d+): the trace reader does not come back$/m.exec(out)!;
    expect(out).toContain(`\n  saved as cowcheck-traces/fuzz-spec-${n}.trace.yaml; again: npm run fuzz -- --seed spec --only ${n}\n`);
  });

  it('that is wrong all the time ends it early', async () => {
    const readers = join(folder, 'all-wrong.mjs');
    writeFileSync(
      readers,
      "const wrong = { read: () => { throw new Error('no'); }, Refusal: TypeError };\nexport const READERS = { " +
        'trace: wrong, log: wrong };\n',
    );
    const ran = await fuzz('--mutations', '100000', '--seed', 'spec', '--workers', '1', '--readers', readers, '--out', 'all-wrong');
    expect(ran.status).toBe(1);
    expect(summary(ran).mutations).toBeLessThan(100_000);
  });
});

describe('bad usage', { timeout: SLOW_MS, concurrent: true }, () => {
  it.each(['--mutations 0', '--mutations many', '--workers 0', '--only -1', '--fast', 'a'])('is refused in one line: %s', async (args) => {
    const { status, out, err } = await fuzz(...args.split(' '));
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(/^cowcheck: [^\n]+ See: npm run fuzz -- --help\n$/);
  });
});
