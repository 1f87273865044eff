/** What the page leaves out of its script, and brings with its data, is the same in the end. */
import { afterEach, expect, it } from 'vitest';
import '../../src/families/block-copy.ts';
import { ruleNamed, rulesOfFamily } from '../../model/machine/jobs.ts';
import { tellRules, wordsOfRules } from './rule-words.ts';

const ALL = wordsOfRules();
afterEach(() => tellRules(ALL));

it('tells a table without words what it said before', () => {
  const family = rulesOfFamily('block-copy');
  const before = structuredClone(family);
  for (const rule of Object.values(family)) Object.assign(rule, { sentence: '', note: '' });
  expect(ruleNamed('disksStayDrained', 'block-copy').sentence).toBe('');
  tellRules(JSON.parse(JSON.stringify(ALL)) as typeof ALL);
  expect(Object.entries(family).map(([name, { sentence }]) => [name, sentence])).toEqual(
    Object.entries(before).map(([name, { sentence }]) => [name, sentence]),
  );
});

it('has the words of some rules only, where those are asked for', () => {
  const some = wordsOfRules(['drainBeforeUnhook']);
  expect(Object.values(some).map(Object.keys)).toEqual([['drainBeforeUnhook'], ['drainBeforeUnhook']]);
  expect(some['notifier']!['drainBeforeUnhook']!.broken!.since).toBe('1.6');
});
