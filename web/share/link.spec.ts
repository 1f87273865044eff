/** A link is the run that it was made of, or says why it is not: never another one. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { randomNumbers } from '../../src/search/strategies/random-numbers.ts';
import { settingOf } from '../../src/replay/replay.ts';
import { readTrace } from '../../src/trace/read.ts';
import { runOfTrace } from '../../src/run/of-trace.ts';
import { Run } from '../../src/run/run.ts';
import { readChoices, writeChoices } from './choices.ts';
import { LENGTH_SAFE, type Shared, followLink, linkOf, readLink } from './link.ts';

const folder = join(import.meta.dirname, '../../traces/gallery');
const gallery = readdirSync(folder).map((name) => ({ name, trace: readTrace(readFileSync(join(folder, name), 'utf8')) }));
const queryOf = (link: string): URLSearchParams => new URLSearchParams(link.slice(link.indexOf('?') + 1));

/** What a page makes of a link. */
async function opened(link: string): Promise<{ run: Run; isSame: boolean } | string> {
  const shared = await readLink(queryOf(link));
  if (typeof shared === 'string') return shared;
  const trace = readTrace(shared.traceText);
  const run = new Run(trace.scenario, settingOf(trace));
  return { run, isSame: followLink(run, shared) };
}

describe.each(gallery)('$name', ({ trace }) => {
  it('comes back as it was, and is short', async () => {
    const { run } = runOfTrace(trace);
    const link = (await linkOf(run, 3))!;
    expect(link.length).toBeLessThan(LENGTH_SAFE);
    const back = await opened(link);
    expect(back).toMatchObject({ isSame: true, run: { steps: run.steps, broken: run.broken } });
    expect((await readLink(queryOf(link))) as Shared).toMatchObject({ at: 3 });
  });
});

it('says that it is incomplete wherever it was cut', async () => {
  const link = (await linkOf(runOfTrace(gallery[0]!.trace).run, 3))!;
  for (let length = 0; length < link.length; length++)
    expect(await opened(link.slice(0, length)), link.slice(0, length)).toMatch(/incomplete/);
});

it('says so if a letter of it was changed, and never shows another run', async () => {
  const link = (await linkOf(runOfTrace(gallery[1]!.trace).run, 3))!;
  const random = randomNumbers('letters');
  const from = link.indexOf('&s=');
  for (let i = 0; i < 300; i++) {
    const at = from + 3 + random.below(link.length - from - 3);
    const other = 'abcXYZ019-_&='[random.below(13)]!;
    if (link[at] === other) continue;
    expect(typeof (await opened(`${link.slice(0, at)}${other}${link.slice(at + 1)}`))).toBe('string');
  }
});

it('names a link of another kind by its number', async () => {
  const link = (await linkOf(runOfTrace(gallery[0]!.trace).run, 3))!;
  expect(await opened(link.replace('e=1', 'e=7'))).toMatch(/kind 7/);
});

it('tells that the model has become another one since', async () => {
  const link = (await linkOf(runOfTrace(gallery[0]!.trace).run, 3))!;
  const shared = (await readLink(queryOf(link))) as Shared;
  const { scenario, ...trace } = readTrace(shared.traceText);
  const run = new Run(scenario, settingOf({ ...trace, scenario }));
  expect(followLink(run, { ...shared, digest: '1-1' })).toBe(false);
  expect(followLink(new Run(scenario, settingOf({ ...trace, scenario })), { ...shared, choices: [51] })).toBe(false);
});

it('writes choices that read back, and refuses what it has not written', () => {
  const random = randomNumbers('choices');
  for (let i = 0; i < 200; i++) {
    const choices = Array.from({ length: random.below(60) }, () => random.below(3));
    expect(readChoices(writeChoices(choices)!)).toEqual(choices);
  }
  expect(writeChoices([52])).toBeNull();
  for (const wrong of ['a0', '3', 'a1000000', 'a-', 'a999999', 'é']) expect(readChoices(wrong)).toBeNull();
});
