import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readTrace } from '../../../trace/read.ts';
import { writeTraceFile } from '../../../trace/write.ts';
import { GOLDEN, type Ran, runHere } from '../testing.ts';

const TRACES = new URL('../../../../traces/', import.meta.url);
const golden = readFileSync(GOLDEN, 'utf8');
const kept = (name: string): string => readFileSync(new URL(name, TRACES), 'utf8');

let cwd: string;
const keep = (...args: string[]): Promise<Ran> => runHere(['keep', ...args], { cwd });

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'cowcheck-keep-'));
});
afterEach(() => {
  rmSync(cwd, { recursive: true, force: true });
});

describe('cowcheck keep', () => {
  it('moves a trace into the corpus, formatted, beside its schema, and says how it becomes a test', async () => {
    writeFileSync(join(cwd, 'a.trace.yaml'), `# edited\n${golden}`);
    expect(await keep('a.trace.yaml')).toEqual({
      status: 0,
      out:
        'kept as traces/found/a.trace.yaml\n' +
        'no test runs it yet; to generate one: cowcheck explain traces/found/a.trace.yaml --format test --out kept.spec.ts\n',
      err: '',
    });
    expect(readdirSync(cwd)).toEqual(['traces']);
    expect(readFileSync(join(cwd, 'traces/found/a.trace.yaml'), 'utf8')).toBe(writeTraceFile(readTrace(golden), 'trace-2.schema.json'));
    expect(existsSync(join(cwd, 'traces/found/trace-2.schema.json'))).toBe(true);
  });

  it('says where it lies, as JSON', async () => {
    writeFileSync(join(cwd, 'b.trace.yaml'), golden);
    expect(await keep('b.trace.yaml', '--json')).toEqual({ status: 0, out: '{"path":"traces/found/b.trace.yaml"}\n', err: '' });
  });

  it.each([
    ['a name that no test reads', 'a.yaml', golden, 'a trace in the corpus must be named *.trace.yaml: rename it first'],
    [
      'a trace whose order cannot be followed',
      'a.trace.yaml',
      golden.replace(/^ {2}- job: .*\n/m, ''),
      'as a test it would fail: diverged, at step 1 the trace has ',
    ],
    [
      'a trace that breaks nothing, although it says so',
      'a.trace.yaml',
      golden.replace(/^without: .*$/m, 'without: []'),
      'as a test it would fail: holds now, ',
    ],
    [
      'a trace that nothing mends',
      'a.trace.yaml',
      golden.replace(/^cause: .*$/m, 'cause: []'),
      'it fails with all rules on, so no rule fixes it: ',
    ],
    [
      'a trace of a custom job',
      'a.trace.yaml',
      kept('own-job/forgetful.trace.yaml'),
      'it is a trace of a custom job, which the corpus cannot run: ',
    ],
    [
      'a trace of a real QEMU',
      'a.trace.yaml',
      kept('releases/lost-cluster-5.2.trace.yaml'),
      'it is a trace of a real QEMU, but the corpus holds traces of the model',
    ],
  ])('refuses %s, in one line, and leaves it where it is', async (_, name, text, reason) => {
    writeFileSync(join(cwd, name), text);
    const { status, out, err } = await keep(name);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err.slice(0, `cowcheck: ${name}: ${reason}`.length)).toBe(`cowcheck: ${name}: ${reason}`);
    expect(err.match(/\n/g)).toHaveLength(1);
    expect(readdirSync(cwd)).toEqual([name]);
  });
});
