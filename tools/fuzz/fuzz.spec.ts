/** The fuzzer must be able to fail, so most of this gives it readers that are wrong. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sized } from '../nightly/testing.ts';
import { inputOf } from './inputs.ts';

/** `npm test` builds it before. */
const FUZZ = fileURLToPath(new URL('../../dist/tools/fuzz/main.js', import.meta.url));
const SLOW_MS = 120_000;
/** A few texts of a thousand have a multiple of this as their length. */
const SOME = 251;

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
      `trace: { read: (text) => { if (text.length % ${SOME} === 0) { ${does} } }, Refusal }, log: fine, units: fine };\n`,
  );
  return path;
}

describe('our readers', { timeout: SLOW_MS }, () => {
  /** More than one worker takes at a time. */
  const MUTATIONS = sized(801, 8_000);

  it(`read or refuse ${MUTATIONS} texts with mistakes in them, some of each, the same whatever the workers`, async () => {
    const [one, two] = await Promise.all(
      ['1', '2'].map((workers) => fuzz('--mutations', `${MUTATIONS}`, '--seed', 'spec', '--workers', workers)),
    );
    expect(one!.err).toMatch(/^(cowcheck: \d+ % done, [^\n]+\n)*$/);
    expect(one!.out).toMatch(/^seed spec: [\d,]+ mutations in [^\n]+\n$/); // and no word of a failure before
    expect(one!.status).toBe(0);
    const { read, refused } = summary(one!);
    expect(read + refused).toBe(MUTATIONS);
    expect(Math.min(read, refused)).toBeGreaterThan(MUTATIONS / 20);
    expect(summary(two!)).toEqual(summary(one!));
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('the texts', { timeout: SLOW_MS }, () => {
  it('can be had one by one, and are others for another seed', async () => {
    const { status, out } = await fuzz('--seed', 'a b', '--only', '17', '--out', 'x');
    expect(status).toBe(0);
    const [saved, said, ...more] = out.split('\n');
    expect(saved).toMatch(/^seed a b, mutation 17: [\d,]+ characters, saved as x\/fuzz-a_b-17\.(log|trace\.yaml)$/);
    expect(said).toMatch(/^the (log|trace|units) reader (reads it|refuses it: .+)$/);
    expect(more).toEqual(['']);
    const text = readFileSync(join(folder, /saved as (\S+)/.exec(out)![1]!), 'utf8');
    expect(text).toBe(inputOf('a b', 17).text);
    expect(inputOf('a b', 18).text).not.toBe(text);
    expect(inputOf('a c', 17).text).not.toBe(text);
  });
});

describe('a reader', { timeout: SLOW_MS, concurrent: true }, () => {
  it('that is wrong fails, and its texts are saved and can be shown to it again', async () => {
    const more = ['--seed', 'spec', '--readers', readersThat('wrong', 'null.length;'), '--out', 'wrong texts'];
    const ran = await fuzz('--mutations', '2001', '--workers', '2', ...more);
    expect(ran.status).toBe(1);
    const wrong = Array.from({ length: 2_001 }, (_, n) => ({ n, ...inputOf('spec', n) })).filter(
      ({ kind, text }) => kind === 'trace' && text.length % SOME === 0,
    );
    expect(wrong.length).toBeGreaterThan(0);
    expect(wrong.length).toBeLessThan(20); // or it would end early
    const failures = ran.out.split('\n').filter((line) => line.startsWith('mutation '));
    expect(failures).toEqual(
      wrong.map(({ n }) =>
        expect.stringMatching(`^mutation ${n}: the trace reader threw TypeError: Cannot read properties of null .* at `),
      ),
    );
    expect(summary(ran).failures).toBe(wrong.length);

    const saved = ({ n }: { n: number }): string => `fuzz-spec-${n}.trace.yaml`;
    expect(readdirSync(join(folder, 'wrong texts')).toSorted()).toEqual(wrong.map(saved).toSorted());
    const again = await fuzz('--only', `${wrong[0]!.n}`, ...more, '--out', 'again');
    expect(again.status).toBe(1);
    expect(again.out).toContain('the trace reader threw TypeError: ');
    for (const out of ['wrong texts', 'again']) expect(readFileSync(join(folder, out, saved(wrong[0]!)), 'utf8')).toBe(wrong[0]!.text);
  });

  it('that does not come back fails', async () => {
    // By day it sleeps, which costs nothing.
    const forEver = sized('Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);', 'for (;;);');
    const { status, out } = await fuzz(
      '--mutations',
      '4000',
      '--seed',
      'spec',
      '--workers',
      '1',
      '--readers',
      readersThat('stuck', forEver),
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
        'trace: wrong, log: wrong, units: wrong };\n',
    );
    const ran = await fuzz('--mutations', '100000', '--seed', 'spec', '--workers', '1', '--readers', readers, '--out', 'all-wrong');
    expect(ran.status).toBe(1);
    expect(summary(ran).mutations).toBeLessThan(100_000);
  });
});

describe('bad usage', { timeout: SLOW_MS }, () => {
  it('is refused in one line', async () => {
    const { status, out, err } = await fuzz('--fast');
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(/^cowcheck: [^\n]+ See: npm run fuzz -- --help\n$/);
  });
});
