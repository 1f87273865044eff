/** What is said below the columns, in every format: the order, the correct job, a run that passes, the rule. */
import { shellWord } from './shell-word.ts';
import { historyOf } from '../../model/families/history.ts';
import { ruleNamed } from '../../model/machine/jobs.ts';
import { isCustomJob } from '../../model/families/custom/file-name.ts';
import type { Explanation } from './explanation.ts';
import type { OrderedEvent } from './story/facts.ts';
import { capital, nameOfWho, plural } from './story/words.ts';

export interface Reason {
  readonly label: string;
  readonly text: string;
}

/** `property snapshot-kept is broken in mode TOP: 13 steps, 2 preemptions` */
export function headline({ property, mode, rows, preemptions }: Explanation): string {
  return `property ${property} is broken in mode ${mode}: ${plural(rows.length, 'step')}, ${plural(preemptions, 'preemption')}`;
}

export function reasonsOf(explanation: Explanation): Reason[] {
  return [
    ...orderReasons(explanation),
    ...correctReasons(explanation),
    passingReason(explanation),
    ...ruleReasons(explanation),
    { label: 'Minimal', text: minimalInWords(explanation.trace.minimal) },
  ];
}

/** What a trace says of its size, with what was searched apart from what was assumed. */
export const minimalInWords = (minimal: string): string =>
  minimal
    .replace(/^proven \(([^;]*); (.*)\)$/, 'proven: no smaller trace fails. Searched: $1. Assumed: $2')
    .replace(/^(best effort \(\d+ tries); proven: (.*?) in ([^;]*); (.*)\)$/, '$1). Proven: $2. Searched: $3. Assumed: $4');

function orderReasons({ order }: Explanation): Reason[] {
  if (order === null) return [];
  const { first, second } = order;
  const ran = first.step === null ? `only step ${second.step}` : `step ${second.step} before step ${first.step}`;
  return [
    { label: 'Needed', text: `${inWords(first)} before ${inWords(second)}` },
    { label: 'Ran', text: ran },
  ];
}

const inWords = ({ step, text }: OrderedEvent): string => (step === null ? text : `${text} (step ${step})`);

function correctReasons({ trace, correct, rows }: Explanation): Reason[] {
  if (isCustomJob(trace.job)) return []; // what it should have been is for its author to say
  if (correct === null) return [{ label: 'Correct', text: 'no rule is off: this is the correct job' }];
  const { parts, impossible, breaks } = correct;
  const texts: string[] = [];
  if (parts !== null && parts <= rows.length && parts !== impossible?.step)
    texts.push(`the correct job diverges at step ${parts}: ${difference(correct.steps[parts - 1]?.saw ?? '', rows[parts - 1]!.saw)}`);
  if (impossible !== null)
    texts.push(
      `${texts.length === 0 ? 'in the correct job, ' : ''}step ${impossible.step} ("${impossible.choice}") cannot run: ` +
        insteadOf(impossible),
    );
  if (texts.length === 0) texts.push('the correct job can follow the same schedule, and nothing breaks');
  if (breaks !== null) texts.push(`there, ${breaks} breaks`);
  return [{ label: 'Correct', text: texts.map((text, i) => (i === 0 ? text : capital(text))).join('. ') }];
}

/** What the correct job shows at a step, beside what this one shows there. */
function difference(correct: string, here: string): string {
  const [its, ours] = [effectsIn(correct), effectsIn(here)];
  const missing = ours.filter((effect) => !its.includes(effect));
  const added = its.filter((effect) => !ours.includes(effect));
  if (added.length === 0) return `it does not show "${missing.join(', ')}"`;
  if (missing.length === 0) return `it also shows "${added.join(', ')}"`;
  return `it shows "${correct}" instead of "${here}"`;
}

const effectsIn = (saw: string): string[] => saw.split(', ').filter((effect) => effect !== '');

function insteadOf({ choice, instead, isWaiting }: { choice: string; instead: string | null; isWaiting: boolean }): string {
  const who = nameOfWho(choice.slice(0, choice.indexOf(':')));
  if (instead === null) return `${who} has ended by then`;
  return isWaiting ? `${who} is blocked in "${instead}"` : `${who} runs "${instead}" next`;
}

function passingReason({ passing }: Explanation): Reason {
  const label = 'Passes';
  if (passing === null) return { label, text: 'no passing run was found by swapping two of these steps' };
  const { before, who, upTo } = passing;
  return {
    label,
    text:
      upTo === null
        ? `if ${nameOfWho(who)} runs until it blocks, and step ${before} only then`
        : `if ${nameOfWho(who)} reaches step ${upTo} before step ${before} runs`,
  };
}

/** The rules that would have kept it, and when releases of QEMU broke them. */
export function ruleReasons({ rules, trace }: Explanation): Reason[] {
  if (rules.length === 0) return [];
  const told = rules.map((name) => ruleNamed(name, trace.job));
  const text = rules.map((name, i) => `${name}: ${told[i]!.sentence}`).join(' ');
  const history = told.filter(({ broken }) => broken !== undefined).map((rule) => `${historyOf(rule)}.`);
  return [
    { label: rules.length === 1 ? 'Rule' : 'Rules', text },
    ...(history.length === 0 ? [] : [{ label: 'History', text: history.join(' ') }]),
  ];
}

/** The exact commands to go on. @param path of the trace, as the shell wants it */
export function commandsFor({ trace, rules }: Explanation, path: string): Reason[] {
  const job = isCustomJob(trace.job) ? ` --job ${shellWord(trace.job)}` : '';
  return [
    { label: 'run it again', text: `npx cowcheck replay ${path}${job}` },
    ...rules.map((name) => ({ label: 'with the rule', text: `npx cowcheck replay ${path} --with ${name}` })),
    ...(job === '' ? [{ label: 'side by side', text: `npx cowcheck explain ${path} --compare correct` }] : []),
    // The corpus takes only what a rule mends.
    rules.length > 0
      ? { label: 'keep it', text: `npx cowcheck keep ${path}` }
      : { label: 'make it a test', text: `npx cowcheck explain ${path}${job} --format test --out kept.test.mjs` },
  ];
}
