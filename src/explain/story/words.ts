/** How explanations name things. Words that a newcomer may not know are in docs/glossary.md. */
import type { GuestKind } from '../../../model/block/guest.ts';
import type { Story } from './story.ts';

/** `the job`, `g1`. */
export function nameOfWho(who: string): string {
  return who === 'job' || who === 'user' || who === 'operator' ? `the ${who}` : who;
}

/** At the beginning of a sentence. What a trace names, as g1, keeps its name. */
export const capital = (text: string): string => (OPENERS.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text);

const OPENERS =
  /^(?:the|no|nothing|none|one|an|a|it|its|each|every|everything|only|at|after|so|what|from|sector|cluster|uncopied|step|there,|VM) /;

const KINDS: Record<GuestKind, string> = {
  write: 'write',
  zero: 'write of zeroes',
  discard: 'discard',
  read: 'read',
  flush: 'flush',
  readT0: 'read of the backup',
  savevm: 'write of the VM state',
};

/** What a guest request asks for: `write`. */
export function kindOf({ trace }: Story, who: string): string {
  const kind = trace.scenario.guest.find(({ id }) => id === who)?.kind;
  return kind === undefined ? 'request' : KINDS[kind];
}

/** What it does to a sector: `wrote`. */
export function didTo(story: Story, who: string): string {
  const kind = kindOf(story, who);
  return kind === 'discard' ? 'discarded' : kind === 'write of zeroes' ? 'wrote zeroes to' : 'wrote';
}

/** The same, when it is over: `written`. */
export const doneTo = (story: Story, who: string): string => didTo(story, who).replace('wrote', 'written');

/** Short sentences, in this order: what went wrong, what let it come about, what should have happened. */
export const sentences = (...told: readonly (string | null)[]): string =>
  told.flatMap((text) => (text === null || text === '' ? [] : [`${capital(text)}.`])).join(' ');

export const plural = (n: number, thing: string): string => `${n} ${thing}${n === 1 ? '' : 's'}`;
