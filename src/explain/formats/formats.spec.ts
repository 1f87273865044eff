/** What is handed on: in every format, of every kept trace, and of a trace by somebody who means no good. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Job } from '../../../model/families/custom/job.ts';
import { check } from '../../api/check.ts';
import { replay } from '../../api/replay.ts';
import type { FailingTrace } from '../../trace/format.ts';
import { readTrace } from '../../trace/read.ts';
import { type Explanation, explain } from '../explanation.ts';
import { shellWord } from '../shell-word.ts';
import { htmlOfExplanation } from './html.ts';
import { jsonOfExplanation } from './json.ts';
import { markdownOfExplanation, md } from './markdown.ts';
import { svgOfExplanation } from './svg.ts';
import { type TestRunner, testOfExplanation } from './test.ts';
import { type TextOptions, textOfExplanation } from './text.ts';
import { xml } from './xml.ts';

const ROOT = new URL('../../../traces/', import.meta.url);
const FILES = readdirSync(new URL('gallery/', ROOT)).map((name) => `gallery/${name}`);
const ALL: readonly [path: string, explanation: Explanation][] = FILES.map((path) => [
  path,
  explain(readTrace(readFileSync(new URL(path, ROOT), 'utf8')))!,
]);
const RACE = ALL.find(([path]) => path === 'gallery/drainBeforeUnhook.trace.yaml')![1];

/** All that a stranger may write freely into a trace, or call it. */
const EVIL =
  String.raw`<script>alert(1)</script> & "quotes" 'and' ${'`'.repeat(4)} | ** @all ](x) \u001b[31m ` + '\u001b[2J \u202e */ ${1} ]]> -->';
const HOSTILE: Explanation = {
  ...RACE,
  detail: EVIL,
  sentence: EVIL,
  scenario: EVIL,
  guilty: [{ step: 4, note: EVIL }],
  trace: { ...RACE.trace, minimal: EVIL, verdict: { ...RACE.trace.verdict, detail: EVIL }, found: { strategy: EVIL, seed: EVIL, run: 1 } },
  rows: RACE.rows.map((row) => ({ ...row, saw: row.saw === '' ? '' : EVIL })),
};
const EVIL_PATH = `a'b"; rm -rf \u001b <x>.yaml`;

const options = (more: Partial<TextOptions> = {}): TextOptions => ({
  width: 80,
  ascii: false,
  full: false,
  compare: true,
  path: 'some.trace.yaml',
  paint: (_, text) => text,
  ...more,
});

/** What is wrong with a document as XML; null: nothing. Enough of XML for what is written here. */
function whatIsWrong(text: string): string | null {
  const open: string[] = [];
  let at = 0;
  for (const tag of text.matchAll(/<(\/?)([A-Za-z][\w:-]*)((?:\s+[\w:-]+="[^"<&]*(?:&(?:amp|lt|gt|quot|#\d+);[^"<&]*)*")*)\s*(\/?)>/g)) {
    const between = text.slice(at, tag.index);
    if (/[<>]|&(?!(?:amp|lt|gt|quot|#\d+);)/.test(between) && open.at(-1) !== 'style')
      return `stray markup in ${JSON.stringify(between.slice(0, 80))}`;
    at = tag.index + tag[0].length;
    const names = [...tag[3]!.matchAll(/([\w:-]+)=/g)].map(([, name]) => name);
    if (new Set(names).size !== names.length) return `an attribute twice in ${tag[0]}`;
    if (tag[1] === '/') {
      if (open.pop() !== tag[2]) return `</${tag[2]}> out of place`;
    } else if (tag[4] === '') open.push(tag[2]!);
  }
  if (text.slice(at).trim() !== '') return 'something after the end';
  return open.length === 0 ? null : `${open.join(', ')} not closed`;
}

describe('text', () => {
  it.each([80, 120])('of every kept trace fits %d columns, commands aside, and has no control characters', (width) => {
    for (const [, explanation] of ALL) {
      for (const line of textOfExplanation(explanation, options({ width }))) {
        if (!line.includes('npx cowcheck')) expect(line.length, line).toBeLessThanOrEqual(width);
        expect(line).toBe(line.trimEnd());
        expect(line).not.toMatch(/\p{Cc}/u);
      }
    }
  });

  it('has only plain characters with --ascii', () => {
    for (const [, explanation] of ALL)
      expect(textOfExplanation(explanation, options({ ascii: true, width: 160, full: true })).join('')).toMatch(/^[\x20-\x7e]*$/);
    expect(textOfExplanation(RACE, options({ width: 160 })).join('')).toContain('│');
  });

  it('begins with the verdict and the sentence, then the columns, why, and the commands', () => {
    const lines = textOfExplanation(RACE, options({ compare: false }));
    const at = (start: string): number => lines.findIndex((line) => line.startsWith(start));
    const places = [
      'property snapshot-kept is broken',
      'Why: ',
      '   step',
      '!1    4  job: ask c0',
      'X    13',
      '!1 the hook',
      'Needed',
      'Ran',
      'Correct',
      'Passes',
      'Rule',
      'Minimal',
      'run it again',
    ].map(at);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
    expect(lines.at(-1)).toBe('keep it        npx cowcheck keep some.trace.yaml');
  });

  it('has the same choices on the correct job side by side, with a mark where they part', () => {
    const marked = textOfExplanation(RACE, options()).filter((line) => line.startsWith('<>'));
    expect(marked).toEqual(['<>    4  job: ask c0 unallocated, hook u...  job: ask c0 unallocated']);
  });

  it('is coloured only by the `paint` of its caller', () => {
    const styles = new Set<string>();
    textOfExplanation(RACE, options({ paint: (style, text) => (styles.add(style), text) }));
    expect([...styles].toSorted()).toEqual(['dim', 'red', 'yellow']);
  });

  it('quotes a path for the shell', () => {
    expect(shellWord('a b')).toBe("'a b'");
    expect(shellWord("it's")).toBe(String.raw`'it'\''s'`);
    expect(shellWord('-x')).toBe("'-x'");
    expect(shellWord('traces/x-1.trace.yaml')).toBe('traces/x-1.trace.yaml');
  });

  it('lets nothing through that a terminal would obey', () => {
    expect(textOfExplanation(HOSTILE, options({ path: EVIL_PATH, full: true })).join('')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

describe('SVG', () => {
  it('of every kept trace is well-formed, small, has a title and a description, and loads nothing', () => {
    for (const [path, explanation] of ALL) {
      const svg = svgOfExplanation(explanation);
      expect(whatIsWrong(svg), path).toBeNull();
      expect(svg.length).toBeLessThan(200_000);
      expect(svg).toContain(`<title id="title">${xml(`property ${explanation.property} is broken`)}`);
      expect(svg).toContain(`<desc id="desc">${xml(explanation.sentence)}</desc>`);
      expect(svg).not.toMatch(/<(?:script|foreignObject|image|use|a)\b|@import|https?:(?!\/\/www\.w3\.org\/2000\/svg")/);
      expect(svg).toContain('prefers-color-scheme:dark');
    }
  });

  it('tells old, new and wrong apart by pattern and border, too', () => {
    const svg = svgOfExplanation(RACE);
    for (const mark of ['url(#hatch)', 'url(#cross)', 'class="double"', 'class="cell-none"', '✗', 'url(#tip)']) expect(svg).toContain(mark);
  });

  it('stays small, whatever the length of the run', () => {
    const rows = Array.from({ length: 10_000 }, (_, i) => ({ ...RACE.rows[i % 12]!, n: i + 1 }));
    const svg = svgOfExplanation({ ...RACE, rows, slice: rows.map(({ n }) => n) });
    expect(svg.length).toBeLessThan(200_000);
    expect(whatIsWrong(svg)).toBeNull();
  });

  it('has no markup in it that is not its own', () => {
    const svg = svgOfExplanation(HOSTILE);
    expect(whatIsWrong(svg)).toBeNull();
    expect(svg).not.toMatch(/<script|[^\P{Cc}\n]|\p{Cf}/u);
  });
});

describe('HTML', () => {
  it('of every kept trace loads nothing, and says so to the browser', () => {
    for (const [path, explanation] of ALL) {
      const html = htmlOfExplanation(explanation, path);
      expect(html).toContain('default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;');
      expect(html).not.toMatch(/<(?:script|link|img|iframe)\b|\bsrc=|\bhref=|@import/);
      expect(whatIsWrong(html.slice(html.indexOf('<body>')).replace('</html>', '').trim()), path).toBeNull();
    }
  });

  it('has no markup in it that is not its own', () => {
    const html = htmlOfExplanation(HOSTILE, EVIL_PATH);
    expect(whatIsWrong(html.slice(html.indexOf('<body>')).replace('</html>', '').trim())).toBeNull();
    expect(html).not.toMatch(/<script|[^\P{Cc}\n]|\p{Cf}/u);
  });
});

describe('Markdown', () => {
  it('of every kept trace has a table of as many cells in each row', () => {
    for (const [path, explanation] of ALL) {
      const rows = markdownOfExplanation(explanation, { full: true, path })
        .split('\n')
        .filter((line) => line.startsWith('| '));
      expect(rows.length).toBe(2 + explanation.rows.length);
      expect(new Set(rows.map((row) => row.split(/(?<!\\)\|/).length)).size).toBe(1);
    }
  });

  it('escapes all that is markup, mentions included', () => {
    expect(md('a|b *c* <d> `e` @f s0@0 [g]')).toBe(String.raw`a\|b \*c\* &lt;d&gt; \`e\` &#64;f s0@0 \[g\]`);
    const text = markdownOfExplanation(HOSTILE, { full: true, path: EVIL_PATH });
    const [outside] = text.split('<details>');
    expect(outside!.replaceAll(/```sh[\s\S]*?```/g, '')).not.toMatch(/<script|(?<!\\)`|(?<!\w)@|(?<!\\)\]\(/);
    expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
  });

  it('fences the trace behind more backticks than there are in it', () => {
    expect(markdownOfExplanation(HOSTILE, { full: true, path: 'x' })).toContain('\n`````yaml\n');
  });
});

describe('JSON', () => {
  it('has what docs/command.md says', () => {
    expect(jsonOfExplanation(RACE, 'x')).toMatchObject({
      trace: 'x',
      property: 'snapshot-kept',
      mode: 'top',
      shape: 'too late',
      sector: 0,
      cluster: 0,
      expected: 's0@0',
      got: 's0.g2',
      step: 13,
      missingOrder: { first: { step: 10 }, second: { step: 7 } },
      nearestPassing: { before: 7, who: 'g1', upTo: 10 },
      correct: { parts: 4, impossible: { step: 6 } },
      rules: ['drainBeforeUnhook'],
    });
    for (const [path, explanation] of ALL)
      expect(JSON.parse(JSON.stringify(jsonOfExplanation(explanation, path)))).toEqual(jsonOfExplanation(explanation, path));
  });
});

describe('a test', () => {
  let forgetful: Job;
  let chunked: Job;
  beforeAll(async () => {
    const load = async (name: string): Promise<Job> =>
      ((await import(new URL(`../../../examples/own-job/${name}`, import.meta.url).href)) as { default: Job }).default;
    [forgetful, chunked] = [await load('forgetful.mjs'), await load('chunked.mjs')];
  });

  /** Its tests, by name: the file without its imports, which are given to it. */
  function testsIn(file: string, job?: Job): Map<string, () => void> {
    const tests = new Map<string, () => void>();
    const code = file.replaceAll(/^import .*;$/gm, '');
    const [test, imports] = [(name: string, body: () => void) => tests.set(name, body), { check, replay, expect, assert }];
    // oxlint-disable-next-line typescript/no-implied-eval -- it is what a user would run
    new Function(...Object.keys(imports), 'it', 'test', 'job', code)(...Object.values(imports), test, test, job);
    return tests;
  }

  const importsOf = (file: string): (string | undefined)[] => [...file.matchAll(/^import (.*);$/gm)].map(([, what]) => what);

  it('runs the trace again, and comes to both ends that it should come to', () => {
    const file = testOfExplanation(RACE, null, 'vitest');
    expect(importsOf(file)).toEqual(["{ replay } from 'cowcheck'", "{ expect, it } from 'vitest'"]);
    const tests = testsIn(file);
    expect([...tests.keys()]).toEqual(['breaks snapshot-kept, as the trace says', 'holds with drainBeforeUnhook']);
    for (const test of tests.values()) test();
  });

  it('fails where the trace ends otherwise', () => {
    const otherwise = { ...RACE, trace: { ...RACE.trace, without: [] } };
    const [breaks] = testsIn(testOfExplanation(otherwise, null, 'vitest')).values();
    expect(breaks).toThrow(/holds now/);
  });

  it('is written for the runner that will run it', () => {
    expect(importsOf(testOfExplanation(RACE, null, 'jest'))[1]).toBe("{ expect, it } from '@jest/globals'");
    const file = testOfExplanation(RACE, null, 'node');
    expect(importsOf(file).slice(1)).toEqual(["assert from 'node:assert/strict'", "{ test } from 'node:test'"]);
    for (const test of testsIn(file).values()) test();
  });

  describe('of a custom job', () => {
    const source = readFileSync(new URL('own-job/forgetful.trace.yaml', ROOT), 'utf8');
    const trace = readTrace(source) as FailingTrace;
    const { property } = trace.verdict;
    const [kept, others] = [`keeps ${property} in the order that broke it`, 'holds in other orders of the same scenario'];
    const fileFor = (runner: TestRunner): string =>
      testOfExplanation({ ...RACE, trace, property, rules: [] }, '../jobs/"mine".mjs', runner);
    const outcomes = (job: Job): Record<string, string> =>
      Object.fromEntries(
        [...testsIn(fileFor('node'), job)].map(([name, test]) => {
          try {
            test();
            return [name, 'passes'];
          } catch (error) {
            return [name, (error as Error).message.includes(property) ? 'fails' : String(error)];
          }
        }),
      );

    it('is about that job, and fails while it is as it was', () => {
      expect(fileFor('vitest')).toContain(String.raw`import job from "../jobs/\"mine\".mjs";`);
      expect(importsOf(fileFor('jest'))[0]).toBe("{ check, replay } from 'cowcheck'");
      expect(outcomes(forgetful)).toEqual({ [kept]: 'fails', [others]: 'fails' });
    });

    it('passes once it is mended, although the order of the trace is not possible any more', () => {
      expect(replay(source, chunked).outcome).toBe('diverged');
      expect(outcomes(chunked)).toEqual({ [kept]: 'passes', [others]: 'passes' });
    });

    it('fails where the order is not possible any more, and a neighbour of it breaks', () => {
      const elsewhere: Job = {
        ...forgetful,
        steps: ['later'],
        *beforeWrite(backup, me) {
          yield* backup.step(me, 'later', me.firstCluster);
          return yield* forgetful.beforeWrite(backup, me);
        },
      };
      expect(replay(source, elsewhere).outcome).toBe('diverged');
      expect(outcomes(elsewhere)[others]).toBe('fails');
    });
  });

  it('expects what broke on the correct job to hold', () => {
    const tests = testsIn(testOfExplanation({ ...RACE, rules: [] }, null, 'vitest'));
    expect([...tests.keys()]).toEqual(['keeps snapshot-kept in the order that broke it']);
    expect(tests.get('keeps snapshot-kept in the order that broke it')).toThrow(/snapshot-kept: sector 0 of /);
  });

  it('has nothing of a stranger in it but text', () => {
    const test = testOfExplanation(HOSTILE, EVIL, 'vitest');
    const comment = test.slice(0, test.indexOf('import'));
    expect(comment.match(/\*\//g)).toHaveLength(1);
    expect(test).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
    expect([...testsIn(test, forgetful).keys()]).toHaveLength(2);
  });
});
