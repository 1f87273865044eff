import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { oneIn, sized } from '../../tools/nightly/testing.ts';
import { randomNumbers } from '../search/strategies/random-numbers.ts';
import { TraceError } from './format.ts';
import { cutPlainSteps } from './plain-steps.ts';
import { TraceTextError, readTrace } from './read.ts';

const GOLDEN = readFileSync(new URL('golden/format-1.trace.yaml', import.meta.url), 'utf8');
const MiB = 2 ** 20;
/** Of what is made to take long, for which a text of more says no more. */
const LONG = sized(1, 3) * MiB;
/** A refusal takes a second or less on a machine that is not busy. What is tested is that it is no matter of minutes. */
const SOON_MS = 15_000;

/** Golden, with one mistake. */
function mistaken(from: string, to: string): string {
  expect(GOLDEN).toContain(from);
  return GOLDEN.replace(from, to);
}

/** `line:column: message`; the position must be in the text. */
function refusal(text: string): string {
  try {
    readTrace(text);
  } catch (error) {
    if (!(error instanceof TraceTextError)) throw error;
    const { line, column, message } = error;
    expect(message).toMatch(/^[^\p{Cc}\p{Cf}\u2028\u2029]{5,400}$/u);
    expect(text.split('\n')[line - 1]!.length).toBeGreaterThanOrEqual(column - 1);
    return `${line}:${column}: ${message}`;
  }
  throw new Error('it was read');
}

describe('what is wrong with a trace', () => {
  const MISTAKES: readonly [about: string, text: string, says: RegExp][] = [
    ['a value', mistaken('wake: qemu', 'wake: never'), /^4:7: wake: Invalid option: expected one of "any"\|"qemu"$/],
    [
      'a value deep inside',
      mistaken('write: [3, 2]', 'write: [3, x]'),
      /^23:27: scenario\.guest\[3\]\.write\[1\]: Invalid input: expected number/,
    ],
    ['a list too short', mistaken('write: [3, 2]', 'write: [3]'), /^23:23: scenario\.guest\[3\]\.write: Too small/],
    ['a number too large', mistaken('sectors: 10', 'sectors: 99999999'), /^9:14: scenario\.disk\.sectors: expected at most \d+$/],
    [
      'a rule',
      mistaken('[drainBeforeUnhook]\nwake', '[drainBeforUnhook]\nwake'),
      /^3:11: without\[0\]: unknown name "drainBeforUnhook" \(did you mean "drainBeforeUnhook"\?\)$/,
    ],
    [
      'one of two things that it may be',
      mistaken('target: {clusterSectors: 2}', 'target: cooked'),
      /^18:11: scenario\.target: Invalid input: expected "raw", or: Invalid input: expected "source", or: Invalid input: expected object/,
    ],
    [
      'the inside of one of them',
      mistaken('target: {clusterSectors: 2}', 'target: {clusterSectors: x}'),
      /^18:28: scenario\.target\.clusterSectors: Invalid input: expected number/,
    ],
    ['a key', mistaken('found:', 'fond:'), /^83:1: at the top: unknown key "fond"$/],
    ['a key deep inside', mistaken('sector: 6', 'sektor: 6'), /^77:3: verdict: unknown key "sektor"$/],
    ['the name of a coroutine', mistaken('- job: start ->', '- 3job: start ->'), /^28:5: schedule\[0\]\.3job: expected a name such as g1$/],
    ['a key that is missing, at what should have it', mistaken('  step: 46\n', ''), /^75:3: verdict\.step: missing$/],
    ['a step', mistaken('- g4: copy.data c1\n', '- {}\n'), /^33:5: schedule: step 6 should name one coroutine/],
    ['a step after it', mistaken('- g4: copy.zero c2\n', '- g4: 7\n'), /^40:9: schedule\[12\]\.g4: Invalid input: expected string/],
    [
      'a request that makes no sense',
      mistaken('write: [3, 2]', 'write: [3, 20]'),
      /^23:7: scenario: g4 asks for sectors 3 to 22 of a disk of 10 sectors$/,
    ],
    [
      'a scenario that makes no sense',
      mistaken('baseSectors: 4', 'baseSectors: 11'),
      /^7:3: scenario: the backing file is longer than the disk$/,
    ],
    ['the format', mistaken('trace: 1', 'trace: 3'), /^1:8: format 3 is too new/],
    ['YAML', mistaken('zero: [0, 2-7]', 'zero: [0, 2-7'), /^1[12]:\d+: not YAML: /],
    ['a key twice', `${GOLDEN}job: correct\n`, /^84:1: not YAML: Map keys must be unique$/],
    [
      'an alias',
      mistaken('detail:', 'detail: *here\nother:'),
      /^80:11: not YAML that a trace may use \(an alias, \*here: write out what it stands for\)$/,
    ],
    ['a key that is not text', mistaken('trace: 1', 'trace: 1\n[1]: 2'), /^2:1: not YAML: a key that is not text$/],
    ['what follows the trace', `${GOLDEN}---\n${GOLDEN}`, /^84:1: not YAML: /],
    ['text that is no trace', '\n\n# nothing\njob: correct\n', /^1:1: not a trace: the key "trace" is missing \(a trace has "trace: 2"\)$/],
  ];

  it.each(MISTAKES)('is named with its place: %s', (_, text, says) => {
    expect(refusal(text)).toMatch(says);
  });

  it('is named with its place whatever the line ends, and after a byte order mark', () => {
    expect(refusal(mistaken('wake: qemu', 'wake: never').replaceAll('\n', '\r\n'))).toMatch(/^4:7: /);
    expect(refusal(`# a\n${mistaken('wake: qemu', 'wake: never')}`)).toMatch(/^5:7: /);
  });

  it('is named with its place after a long schedule, and within it', () => {
    const long = GOLDEN.replace('schedule:\n', `schedule:\n${'  - job: sleep c0\n'.repeat(1_000)}`);
    expect(refusal(long.replace('sector: 6', 'sektor: 6'))).toMatch(/^1077:3: verdict: /);
    expect(refusal(long.replace('- g4: copy.zero c2\n', '- g4: 7\n'))).toMatch(/^1040:9: schedule\[1012\]\.g4: /);
    expect(refusal(long.replace('- g4: copy.zero c2\n', '- g4: [7\n'))).toMatch(/^10[4-7]\d:\d+: not YAML: /);
    expect(refusal(long.replace('  - job: sleep c0\n', `  - job: s${'x'.repeat(100_000)}\n`))).toMatch(
      /^28:1: schedule\[0\]\.job: Too big/,
    );
  });

  it('is one line of bounded length, without what a terminal might obey, whatever the names', () => {
    for (const name of ['a\\nb', '\\e[2J', '\\u009b2J', '\\u202e', '\\u2028', 'x'.repeat(90_000)]) {
      refusal(`${GOLDEN}"${name}": 1\n`);
      refusal(mistaken('wake: qemu', `wake: "${name}"`));
      refusal(mistaken('without: [drainBeforeUnhook]', `without: ["${name}"]`));
      refusal(mistaken('- g4: copy.data c1\n', `- "${name}": copy.data c1\n`));
    }
  });
});

describe('a text that is made to take long', () => {
  const of = (text: string, size: number): string => text.repeat(Math.floor(size / text.length));
  const keys = (between: string): string => Array.from({ length: 200_000 }, (_, i) => `k${i}: 1`).join(between);
  const mutual = Array.from({ length: 12 }, (_, i) => `a${i}: &a${i} [${i === 0 ? 'x' : of(`*a${i - 1}, `, 70)}]`).join('\n');

  const BOMBS: readonly [about: string, text: () => string, says: RegExp][] = [
    ['a list without end', () => `trace: [${of('1,', 30 * MiB)}]`, /besides plain steps\)$/],
    ['a list of many numbers', () => `trace: [${of('1,', LONG)}]`, /^1:\d+: not YAML that a trace may use \(more than 600000 tokens\)$/],
    ['nesting that is never closed', () => of('[', LONG), /nested more than 64 deep\)$/],
    ['nested maps', () => of('{a: ', LONG), /nested more than 64 deep\)$/],
    ['nested lists of lines', () => of('- ', LONG), /nested more than 64 deep\)$/],
    [
      'nesting by indentation',
      () => Array.from({ length: 2_000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
      /^64:\d+: .*nested more than 64 deep\)$/,
    ],
    ['many keys', () => keys('\n'), /^101:\d+: not YAML that a trace may use \(more than 100 keys in one place\)$/],
    ['many keys in braces', () => `{${keys(', ')}}`, /more than 100 keys in one place\)$/],
    ['aliases of aliases', () => `trace: 1\n${mutual}\n`, /an alias, \*a0: /],
    ['an alias of itself', () => 'trace: &a [*a]\n', /an alias, \*a: /],
    ['merged keys', () => `%YAML 1.1\n---\ntrace: 1\na: &a {x: 1}\nb: {${of('<<: *a, ', LONG)}}`, /not YAML that a trace may use/],
    ['many documents', () => of('---\n', 3 * MiB), /more than 600000 tokens\)$/],
    ['comments', () => of('#\n', LONG), /more than 600000 tokens\)$/],
    ['empty lines', () => of('\n', LONG), /^600001:\d+: .*more than 600000 tokens\)$/],
    ['one long line', () => of('x', 31 * MiB), /besides plain steps\)$/],
    ['one long word', () => of('x', LONG), /^1:1: not a trace/],
    ['one long number', () => `trace: ${of('9', LONG)}`, /^1:8: trace: /],
    ['many lines in quotes', () => `a: "${of('x\n ', LONG)}"`, /^1:1: not a trace/],
    ['many escapes', () => `a: "${of('\\x41', LONG)}"`, /^1:1: not a trace/],
    ['many tags', () => `trace: [${of('!!str a, ', 3 * MiB)}]`, /more than 600000 tokens\)$/],
    ['steps that go on for ever and are none', () => `a: "\nschedule:\n${of('  - job: start\n', sized(2, 20) * MiB)}"\n`, /not YAML/],
    ['zero bytes', () => of('\0', LONG), /^1:1: not /],
    [
      'wrong numbers',
      () => mistaken('zero: [0, 2-7]', `zero: [${of('a,', sized(60_000, 300_000))}]`),
      /^11:12: scenario\.disk\.zero\[0\]: /,
    ],
    ['wrong steps', () => mistaken('schedule:\n', `schedule:\n${of('  - 3: x\n', sized(60_000, 300_000))}`), /^28:5: schedule\[0\]\.3: /],
  ];

  it.each(oneIn(2, BOMBS))('is refused soon: %s', (_, text, says) => {
    const hostile = text();
    const begin = performance.now();
    expect(refusal(hostile)).toMatch(says);
    expect(performance.now() - begin).toBeLessThan(SOON_MS);
  });

  it('is read where it is only a long trace', () => {
    const begin = performance.now();
    const steps = sized(50_000, 500_000);
    const trace = readTrace(GOLDEN.replace('schedule:\n', `schedule:\n${'  - job: sleep c0 -> s0@0, s1@0\n'.repeat(steps)}`));
    expect(performance.now() - begin).toBeLessThan(SOON_MS);
    expect(trace.schedule).toHaveLength(steps + 46);
    expect(trace.schedule[7]).toEqual({ who: 'job', what: 'sleep c0', saw: 's0@0, s1@0' });
  });
});

describe('plain steps', () => {
  it('are cut out of a schedule, but for the last', () => {
    const { text, steps } = cutPlainSteps(GOLDEN);
    expect(steps).toHaveLength(45);
    expect(steps[0]).toEqual({ job: 'start -> T0, hook linked' });
    expect(text.split('\n')).toHaveLength(GOLDEN.split('\n').length - 45);
  });

  const NONE = [
    '',
    'schedule:\n',
    'schedule: []\n',
    'a: 1\n  schedule:\n  - job: start\n  - job: start\n',
    'schedule: # why\n  - job: start\n  - job: start\n',
    'schedule:\n- job: start\n- job: start\n',
    'schedule:\n  - job: start\n',
    'reschedule:\n  - job: start\n  - job: start\n',
  ];
  it.each(NONE)('are not where the text looks otherwise: %j', (text) => {
    expect(cutPlainSteps(text)).toMatchObject({ text, steps: [] });
  });

  const NO_PLAIN = [
    'job: "a"',
    'job: a: b',
    'job: a #b',
    'job: [a]',
    'job: 1',
    'job: true',
    'job: Null',
    'yes: a',
    '1a: a',
    'job: a ',
    'job: -a',
    'job:  a',
    'job: &a b',
    'job: |',
  ];
  it.each(NO_PLAIN)('are none that YAML might read otherwise: %s', (line) => {
    expect(cutPlainSteps(`schedule:\n  - job: a\n  - ${line}\n  - job: b\n  - job: c\n`).steps).toEqual([]);
  });

  it('may look like some in a text that is none', () => {
    const lines = 'schedule:\n  - job: a\n  - job: b\n  - job: c\n';
    for (const text of [`--- |\n${lines}`, `"\n${lines}"`, `- |\n${lines}`, `{a: "\n${lines}"}`]) {
      expect(cutPlainSteps(text).steps).toHaveLength(2);
      expect(refusal(text)).toMatch(/^\d+:\d+: not (a trace|YAML)/);
    }
    const quoted = `{${GOLDEN.split('\n')
      .filter((line) => line.startsWith('trace') || line.startsWith('job'))
      .join(', ')}, minimal: "\n${lines}"}`;
    expect(refusal(quoted)).toMatch(/scenario: /);
  });

  const TEXTS = sized(600, 3_000);

  // Carriage returns make no difference to YAML, and no line that ends in one is plain.
  it('are read as YAML reads them', () => {
    const random = randomNumbers('plain steps');
    const ends = { both: 0, none: 0 };
    const LINES = [
      '  - job: a\n',
      '  - g1: b -> c, d\n',
      '  - g1: "a"\n',
      '  - g1: true\n',
      '  - job: a\n\n',
      '  # why\n',
      '   - job: a\n',
      '    b\n',
      '  - {}\n',
      '  - job: a # b\n',
      '- job: a\n',
      'verdict: {property: a, step: 1}\n',
      'schedule:\n',
      '---\n',
      '  - no: a\n',
      '  - job: a: b\n',
    ];
    for (let i = 0; i < TEXTS; i++) {
      const lines = Array.from(
        { length: 2 + random.below(6) },
        () => LINES[random.below(2) === 0 ? random.below(2) : random.below(LINES.length)]!,
      ).join('');
      const text =
        `trace: 1\njob: correct\nscenario: {mode: full, disk: {sectors: 1, clusterSectors: ` +
        `1}}\nschedule:\n${lines}${random.below(4) === 0 ? '' : 'verdict: {property: a, step: 1}\n'}`;
      const [plain, yaml] = [endOf(text), endOf(text.replaceAll('\n', '\r\n'))];
      expect(plain, text).toEqual(yaml);
      ends[typeof plain === 'string' ? 'none' : 'both']++;
    }
    expect(Math.min(ends.both, ends.none)).toBeGreaterThan(TEXTS / 10);
  });

  function endOf(text: string): unknown {
    try {
      return readTrace(text).schedule;
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
      return 'refused';
    }
  }
});
