/** Each reporter's text, read back by those who read it: a parser of XML, SARIF's own schema, YAML, and the rules of each format. */
import { readFileSync } from 'node:fs';
import Ajv from 'ajv-draft-04';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { github } from './github.ts';
import { html } from './html/page.ts';
import { junit } from './junit.ts';
import { type Asked, reporters, whatClashes } from '../io/reporters-asked.ts';
import { type FailureJson, type Result, type SearchJson, casesOfSearch } from './result.ts';
import { sarif } from './sarif.ts';
import { tap } from './tap.ts';

/** With all that a format might take for its own. */
const NASTY = 'sector 0 <should> be "s0@0" & is 100 %: a\u0007b, #1\n::error::no ]]> \ud800 end';

const FAILURE: FailureJson = {
  property: 'snapshot-kept',
  cause: ['drainBeforeUnhook'],
  mode: 'top',
  sector: 0,
  step: 13,
  steps: 13,
  preemptions: 2,
  guestRequests: 2,
  minimal: 'proven',
  trace: "traces/it's: a,b.trace.yaml",
  sentence: NASTY,
};

function resultOf(change: Partial<SearchJson> = {}): Result {
  const search: SearchJson = {
    verdict: 'broken',
    complete: false,
    scope: 'up to 4 clusters of 2 sectors',
    options: { job: 'correct', without: ['drainBeforeUnhook'], seed: '<a>', runs: null } as SearchJson['options'],
    schedules: 1_200,
    steps: 9_000,
    states: 0,
    scenarios: 80,
    canonicalScenarios: 0,
    cutOff: 0,
    seconds: 2,
    schedulesPerSecond: 600,
    byMode: {
      full: { schedules: 1_000, states: 0, verdict: 'holds' },
      top: { schedules: 150, states: 0, verdict: 'broken' },
      none: { schedules: 50, states: 0, verdict: 'unfinished' },
    },
    failures: [FAILURE],
    marks: { 'a guest waited': 600, 'a discard came <early>': 1, 'nobody came here': 0 },
    ...change,
  };
  return {
    name: 'check correct',
    json: search,
    search,
    cases: casesOfSearch(search),
    samples: [
      { seconds: 1, schedules: 500, situations: 1, failures: 0 },
      { seconds: 2, schedules: 1_200, situations: 2, failures: 1 },
    ],
    cowcheck: '1.2.3',
    started: '2026-01-02T03:04:05.678Z',
    duration: 2.5,
  };
}

const replayed: Result = {
  ...resultOf(),
  name: 'replay',
  json: [],
  search: null,
  samples: [],
  cases: [
    { name: 'a.yaml', outcome: 'passed', message: 'fine', kind: 'reproduced', cause: [], file: 'a.yaml', trace: 'a.yaml', command: 'x' },
  ],
};

interface Told {
  readonly message: string;
  readonly '#text': string;
}
type TestCase = Record<'name', string> & Record<'failure' | 'error', Told>;
interface JUnit {
  readonly testsuites: {
    readonly testsuite: readonly [
      { readonly properties: { readonly property: object[] }; readonly testcase: readonly [TestCase, TestCase, TestCase] },
      { readonly testcase: TestCase },
    ];
  };
}
interface Sarif {
  readonly runs: readonly [{ readonly results: { level: string }[]; readonly invocations: readonly object[] }];
}

const QUOTED = String.raw`npx cowcheck replay 'traces/it'\''s: a,b.trace.yaml'`;

it('of a search has a case for each failure, and one for each mode without any', () => {
  expect(resultOf().cases).toMatchObject([
    { name: 'FULL', outcome: 'passed', message: '1,000 schedules' },
    { name: 'TOP: snapshot-kept (drainBeforeUnhook)', outcome: 'failed', kind: 'snapshot-kept', command: QUOTED },
    { name: 'NONE', outcome: 'unfinished', message: 'unfinished: a limit was reached after 50 schedules' },
  ]);
});

it('points at the file of a custom job, and replays with it', () => {
  const { cases } = resultOf({ options: { job: 'my job.mjs' } });
  expect(cases[1]).toMatchObject({ file: 'my job.mjs', command: `${QUOTED} --job 'my job.mjs'` });
});

it('JUnit is XML with the counts that its readers add up', () => {
  const text = junit([resultOf(), replayed]);
  expect(XMLValidator.validate(text)).toBe(true);
  const read = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '', htmlEntities: true }).parse(text) as JUnit;
  expect(read.testsuites).toMatchObject({ tests: '4', failures: '1', errors: '1', time: '5.000' });
  const [suite, second] = read.testsuites.testsuite;
  expect(suite).toMatchObject({ name: 'check correct', tests: '3', failures: '1', errors: '1', timestamp: '2026-01-02T03:04:05' });
  expect(suite.properties.property).toContainEqual({ name: 'seed', value: '<a>' });
  const [full, top, none] = suite.testcase;
  expect(Object.keys(full)).toEqual(['name', 'classname']);
  expect(top.failure).toMatchObject({ type: 'snapshot-kept' });
  expect(top.failure.message).toContain('<should> be "s0@0" & is 100 %');
  expect(top.failure['#text']).toContain(QUOTED);
  expect(none.error.message).toMatch(/^unfinished: /);
  expect(second.testcase.name).toBe('a.yaml');
});

describe('SARIF', () => {
  const schema = JSON.parse(readFileSync(new URL('./schemas/sarif-2.1.0.schema.json', import.meta.url), 'utf8')) as object;
  const validate = new Ajv.default({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema);

  it('fits its schema', () => {
    const log = JSON.parse(sarif([resultOf(), replayed])) as Sarif;
    expect(validate(log), JSON.stringify(validate.errors)).toBe(true);
    expect(log.runs[0].results).toHaveLength(1);
    expect(log.runs[0].results[0]).toMatchObject({
      ruleId: 'snapshot-kept',
      locations: [{ physicalLocation: { artifactLocation: { uri: "traces/it's:%20a,b.trace.yaml" } } }],
      partialFingerprints: { 'cowcheck/v1': 'TOP snapshot-kept drainBeforeUnhook' },
    });
    expect(log.runs[0].invocations[0]).toMatchObject({ executionSuccessful: false, endTimeUtc: '2026-01-02T03:04:08.178Z' });
  });

  it('is not valid whatever it says', () => {
    const log = JSON.parse(sarif([resultOf()])) as Sarif;
    log.runs[0].results[0]!.level = 'awful';
    expect(validate(log)).toBe(false);
  });
});

it('TAP has a plan, and YAML that can be read', () => {
  const lines = tap([resultOf()]).split('\n');
  expect(lines.slice(0, 3)).toEqual(['TAP version 14', '1..3', 'ok 1 - check correct, FULL']);
  expect(lines.filter((line) => line.startsWith('not ok '))).toEqual([
    'not ok 2 - check correct, TOP: snapshot-kept (drainBeforeUnhook)',
    'not ok 3 - check correct, NONE',
  ]);
  const [from, to] = [lines.indexOf('  ---'), lines.indexOf('  ...')];
  expect(parse(lines.slice(from + 1, to).join('\n'))).toMatchObject({ message: NASTY, command: QUOTED });
  for (const line of lines.slice(2)) expect(line).toMatch(/^(|(not )?ok \d+ - .*| {2}.*)$/);
});

it('an annotation of GitHub is one line, with the sentence and the command', () => {
  const lines = github([resultOf(), replayed]).split('\n');
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(
    /^::error file=traces\/it's%3A a%2Cb\.trace\.yaml,line=1,title=cowcheck check correct%2C TOP%3A snapshot-kept [^:]*::/,
  );
  expect(lines[0]).toContain('is 100 %25');
  expect(lines[0]).toContain(`end%0A%0A${QUOTED}`);
  expect(lines[1]).toMatch(/^::warning title=cowcheck check correct%2C NONE::unfinished: /);
});

it('HTML escapes all that is not its own, loads nothing, and has all that was found', () => {
  const text = html([resultOf()]);
  expect(text).toContain('is 100 %: a\\u0007b, #1\\u000a::error::no ]]&gt;');
  expect(text).not.toMatch(/<should>|<early>|<a>|<script|https?:/);
  expect(text).toContain('2 of the 3 situations that a good search must meet came up');
  expect(text).toContain('One of them was met in a single run only');
  expect(text).toContain('0.083 %'); // 1 in 1,200
  expect(text).toContain('<span class="badge broken">missed</span>');
  expect(text.match(/<svg/g)).toHaveLength(2);
  for (const tag of ['table', 'tr', 'td', 'article', 'figure', 'main', 'svg', 'div', 'p'])
    expect(text.split(`</${tag}>`).length, tag).toBe(text.split(new RegExp(`<${tag}[ >]`)).length);
});

describe('--reporter', () => {
  const asked = (...texts: readonly string[]): Asked[] => texts.reduce<Asked[]>((before, text) => reporters(text, [], before), []);

  it('takes a name, or a name and a file', () => {
    expect(asked('github', 'junit=a=b.xml')).toEqual([
      { name: 'github', file: null },
      { name: 'junit', file: 'a=b.xml' },
    ]);
    expect(() => asked('junt')).toThrow("(did you mean 'junit'?)");
    expect(() => asked('junit=')).toThrow('a file name after junit=');
    expect(() => reporters('html', ['html'])).toThrow('where NAME is text, json');
  });

  it.each([
    [['text', 'github', 'junit=a'], null],
    [['text', 'json'], /^only one of --reporter text and json can write to standard output: give the other a file, such as json=FILE$/],
    [['json', 'github'], /^--reporter github would write between the lines of json/],
    [['json=a', 'tap=a'], /^two reporters cannot write to the same file, a$/],
  ])('%j', (texts, says) => {
    const clash = whatClashes(asked(...texts));
    if (says === null) expect(clash).toBeNull();
    else expect(clash).toMatch(says);
  });
});
