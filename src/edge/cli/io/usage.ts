/** Options that check what they are given; what is wrong is said in one line. */
import { availableParallelism } from 'node:os';
import { InvalidArgumentError, Option } from 'commander';
import { defectsOf } from '../../../../model/families/history.ts';
import type { Rule } from '../../../../model/families/rule.ts';
import type { RuleName } from '../../../../model/machine/job-names.ts';
import { ruleNamed, ruleNames as allRules } from '../../../../model/machine/jobs.ts';
import { SHARDS_MAX, type Shard } from '../../campaign/shard.ts';
import { didYouMean } from '../../../trace/nearest.ts';
import { REQUESTS_MAX } from '../../../scenarios/guest-log.ts';
import { type LogWindow, WINDOW_MAX } from '../../../scenarios/window.ts';
import { invalidName } from './suggestion.ts';

/** An option that takes a whole number within bounds. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
    return value;
  };
}

/** `--workers`. @param description what they are */
export const workersOption = (description: string): Option =>
  new Option('--workers <n>', description).argParser(wholeNumber(1, 256)).default(availableParallelism(), 'one per core');

/** An option that takes requests of a log: the first of them, counted from 1, and how many. */
export function logWindow(text: string): LogWindow {
  const [, first, many] = /^(\d+)\+(\d+)$/.exec(text) ?? [];
  const [from, count] = [Number(first), Number(many)];
  if (!(from >= 1 && from <= REQUESTS_MAX && count >= 1 && count <= WINDOW_MAX))
    throw new InvalidArgumentError(
      `Expected FROM+COUNT, such as 4001+1000: the number of the first request, from 1, and a count of at most ${WINDOW_MAX}.`,
    );
  return { from: from - 1, count };
}

/** An option that takes one of some shards: which, from 1, and how many there are. */
export function shardOf(text: string): Shard {
  const [, first, many] = /^(\d{1,9})\/(\d{1,9})$/.exec(text) ?? [];
  const [number, of] = [Number(first), Number(many)];
  if (!(number >= 1 && number <= of && of <= SHARDS_MAX))
    throw new InvalidArgumentError(`Expected I/N, such as 3/10: shard I (from 1) of N shards; N is at most ${SHARDS_MAX}.`);
  return { number, of };
}

/** An option that takes a share in percent. @returns from 0 to 1 */
export function percent(text: string): number {
  const value = Number(/^(\d+(?:\.\d+)?)%?$/.exec(text)?.[1]);
  if (!(value > 0 && value <= 100)) throw new InvalidArgumentError('Expected a percentage above 0% and up to 100%, such as 1%.');
  return value / 100;
}

/** An option that takes a number of seconds. */
export function seconds(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value <= 0 || value > 1e6)
    throw new InvalidArgumentError('Expected a number of seconds above 0 and up to 1000000.');
  return value;
}

/** An option that takes an amount of memory. @returns bytes */
export function memory(text: string): number {
  const [, number, unit] = /^(\d+)([MG])$/.exec(text) ?? [];
  const bytes = Number(number) * (unit === 'G' ? 2 ** 30 : 2 ** 20);
  if (!(bytes >= MEMORY_MIN && bytes <= MEMORY_MAX))
    throw new InvalidArgumentError('Expected an amount of memory from 1M to 48G, such as 512M or 4G.');
  return bytes;
}

const MEMORY_MIN = 2 ** 20;
/** Room for 2^31 places (src/search/state-set.ts), and for half as many while it grows to that. */
const MEMORY_MAX = 48 * 2 ** 30;

/** An option that takes comma-separated names of a list, or `all`. */
export function someOf<Name extends string>(names: readonly Name[]): (text: string) => Name[] {
  return (text) => {
    const asked = text.split(',').map((part) => {
      const name = names.find((known) => known === part);
      if (name === undefined && text !== 'all')
        throw invalidName(part, [...names, 'all'], `a comma-separated list of ${names.join(', ')}, or all`);
      return name;
    });
    return text === 'all' ? [...names] : names.filter((name) => asked.includes(name));
  };
}

/** The same, where none at all makes sense, too. */
export const secondsOrNone = (text: string): number => (text === '0' ? 0 : seconds(text));

/** How long a proof that nothing smaller fails may take. */
export const PROVE_SECONDS_DEFAULT = 60;

/** An option that takes a rule and may be repeated. */
export function ruleNames(text: string, before: RuleName[] = []): RuleName[] {
  const all = allRules();
  const rule = all.find((name) => name === text);
  if (rule === undefined) throw new InvalidArgumentError(`${didYouMean(text, all)} List the rules with: cowcheck rules.`.trim());
  return before.includes(rule) ? before : [...before, rule];
}

/**
 * The same as arguments, which commander hands on one by one; here the number of a defect (`S-25`), or the commit that mended it, stands
 * for the rules that it is about.
 */
export function ruleArguments(text: string, before: RuleName[] = []): RuleName[] {
  const about = allRules().filter((name) => isAbout(ruleNamed(name), text));
  return about.length === 0 ? ruleNames(text, before) : [...new Set([...before, ...about])];
}

const isAbout = (rule: Rule, text: string): boolean =>
  defectsOf(rule).includes(text.toUpperCase()) || (/^[0-9a-f]{7,40}$/.test(text) && isSameCommit(rule.broken?.commit ?? null, text));

/** Of two names of a commit one may be shorter. */
const isSameCommit = (commit: string | null, text: string): boolean =>
  commit !== null && (commit.startsWith(text) || text.startsWith(commit));

/** An option that takes the name of a folder, which need not be there yet. */
export function folder(text: string): string {
  if (text === '') throw new InvalidArgumentError('Expected the name of a directory.');
  return text;
}
