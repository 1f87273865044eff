import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ran, runHere, tracesIn } from '../testing.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cowcheck-corpus-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const SCOPE = ['--mode', 'none', '--exhaustive', '--writes', '1', '--clusters', '1', '--cluster-sectors', '1', '--kinds', 'write'];
const SMALL = ['check', ...SCOPE, '--workers', '1', '--prove-seconds', '0'];
const check = (...args: string[]): Promise<Ran> => runHere([...SMALL, '--corpus', 'corpus', ...args], { cwd: folder });
const BROKEN = ['--without', 'copyBeforeWrite'];
const TWO = [...BROKEN, '--without', 'cancelWakesParkedJob', '--keep-going'];
const inCorpus = (): string[] => tracesIn(join(folder, 'corpus'));

interface Json {
  readonly states: number;
  readonly failures: readonly { readonly cause: readonly string[]; readonly trace: string }[];
  readonly corpus: { readonly still: string[]; readonly gone: { trace: string; why: string }[]; readonly added: string[] };
}

async function json(...args: string[]): Promise<Json & { status: number | null; err: string }> {
  const { status, out, err } = await check('--json', ...args);
  return { ...(JSON.parse(out) as Json), status, err };
}

// Each goes on where the one before it has left the corpus.
describe('a corpus', { timeout: 60_000 }, () => {
  it('gets what a search finds', async () => {
    const { status, corpus, failures } = await json(...BROKEN);
    expect({ status, corpus }).toEqual({ status: 1, corpus: { still: [], gone: [], added: [`corpus/${inCorpus()[0]}`] } });
    expect(inCorpus()).toHaveLength(1);
    expect(readFileSync(join(folder, corpus.added[0]!), 'utf8')).toBe(readFileSync(join(folder, failures[0]!.trace), 'utf8'));
  });

  it('is run first: a search that does not keep going ends with it', async () => {
    const { status, states, corpus, failures, err } = await json(...BROKEN);
    const [path] = corpus.still;
    expect({ status, states, corpus }).toEqual({
      status: 1,
      states: 0,
      corpus: { still: [`corpus/${inCorpus()[0]}`], gone: [], added: [] },
    });
    expect(failures).toMatchObject([{ cause: ['copyBeforeWrite'], trace: path }]);
    expect(err).toContain('cowcheck: 1 of 1 failure of the corpus still there\n');
  });

  it('has each cause once, whatever is found again', async () => {
    const { corpus, failures, states } = await json(...TWO);
    expect(failures.map(({ cause }) => cause)).toEqual([['copyBeforeWrite'], ['cancelWakesParkedJob']]);
    expect(corpus).toMatchObject({
      still: [expect.stringContaining('copyBeforeWrite')],
      added: [expect.stringContaining('cancelWakesParkedJob')],
    });
    expect(states).toBeGreaterThan(0);
    expect(inCorpus()).toHaveLength(2);
  });

  it('leaves out what this search could not find: its cause is on, or its mode, wake order or job is another one', async () => {
    cpSync(join(folder, 'corpus'), join(folder, 'other'), { recursive: true });
    for (const more of [[], ['--wake', 'qemu', ...BROKEN], ['--family', 'block-copy']]) {
      const { corpus } = await json('--corpus', 'other', ...more);
      expect([corpus.still, corpus.gone]).toEqual([[], []]);
    }
  });

  it('says which failure no longer happens, with its cause', async () => {
    const [name] = inCorpus().filter((trace) => trace.includes('copyBeforeWrite'));
    const path = join(folder, 'corpus', name!);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace(/^( +step: )\d+$/m, '$199'));
    const { status, corpus, err } = await json(...BROKEN);
    expect(corpus.gone).toMatchObject([{ trace: `corpus/${name}`, why: expect.stringContaining('snapshot-kept breaks at step') }]);
    expect(err).toContain('cowcheck: 0 of 1 failure of the corpus still there\n');
    expect(err).toContain(`cowcheck: corpus/${name} no longer reproduces (copyBeforeWrite): `);
    expect(status).toBe(1); // it is found anew, and takes the place of the stale one
    expect(corpus.added).toEqual([`corpus/${name}`]);
    expect(readFileSync(path, 'utf8')).toBe(text);
    expect(inCorpus()).toHaveLength(2);
  });

  it('keeps the smaller of two traces of a cause, which is the one that is reported', async () => {
    const small = inCorpus().find((name) => name.includes('copyBeforeWrite'))!;
    const text = readFileSync(join(folder, 'corpus', small), 'utf8');
    mkdirSync(join(folder, 'large'));
    writeFileSync(join(folder, 'large/one.trace.yaml'), text.replace('{sectors: 1}', '{sectors: 2}'));
    const { corpus, failures, err } = await json('--corpus', 'large', ...BROKEN, '--keep-going');
    expect(err).toContain('cowcheck: 1 of 1 failure of the corpus still there\n');
    expect(corpus).toEqual({ still: [], gone: [], added: [expect.stringMatching(/^large\/none-copyBeforeWrite-/)] });
    expect(tracesIn(join(folder, 'large'))).toEqual([basename(corpus.added[0]!)]);
    expect(failures.map(({ trace }) => trace)).toEqual([expect.stringMatching(/^cowcheck-traces\//)]);
  });

  it('is refused where a trace in it is none', async () => {
    copyFileSync(join(folder, 'corpus', inCorpus()[0]!), join(folder, 'good.trace.yaml'));
    writeFileSync(join(folder, 'corpus', 'bad.trace.yaml'), 'trace: nine\n');
    expect(await check()).toMatchObject({
      status: 2,
      out: '',
      err: expect.stringMatching(/^cowcheck: corpus\/bad\.trace\.yaml:[^\n]+\n$/),
    });
    expect(await check('--corpus', 'good.trace.yaml')).toMatchObject({
      status: 2,
      err: 'cowcheck: good.trace.yaml: it is not a readable directory (ENOTDIR)\n',
    });
    const sharded = ['check', '--runs', '10', '--corpus', 'corpus', '--shard', '1/2', '--report', 'x'];
    expect(await runHere(sharded, { cwd: folder })).toMatchObject({
      status: 2,
      err: expect.stringContaining("options '--corpus' and '--shard' cannot be used together: run the corpus in a check without --shard"),
    });
  });
});
