/** What a search says, with its bound: never more than was searched. */
import { LATER_WORDS } from '../common/later-words.ts';
import type { Setting } from '../../model/machine/shape.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { plural } from '../../src/explain/story/words.ts';
import { BYTES_MAX, type Check, type Found } from './question.ts';

/** `Tried every order (412 states): nothing breaks.` */
export function foundWords(found: Found, { scenario, setting }: Pick<Check, 'scenario' | 'setting'>): string {
  if (found.is === 'failed') return `The checker could not search: ${found.why}`;
  const states = statesWords(found.states);
  if (found.is === 'broken')
    return (
      `It can be broken: ${found.way.property}, ` +
      `in ${costWords(found.way.preemptions, found.way.ids.length)}. ` +
      LATER_WORDS[found.way.isCheapest ? 'cheapest' : 'maybeShorter']
    );
  if (found.is === 'holds') return `Tried every order (${states}): nothing breaks. ${boundWords(scenario, setting)}`;
  const after = found.is === 'memory' ? `After ${states} the memory was full (${BYTES_MAX / 2 ** 20} MB)` : `Stopped after ${states}`;
  return `${after}: ${LATER_WORDS.unsearched}`;
}

export const statesWords = (states: number): string => `${states.toLocaleString('en')} ${states === 1 ? 'state' : 'states'}`;

export const costWords = (preemptions: number, steps: number): string => `${plural(preemptions, 'preemption')}, ${plural(steps, 'step')}`;

/** Orders whose difference no coroutine can notice are searched once. */
function boundWords({ mode }: Scenario, { wake, effects }: Setting): string {
  const order = wake === 'any' ? 'any runnable coroutine may run next' : "with QEMU's wake order";
  return `This covers this scenario only (${mode.toUpperCase()}, ${order}, disks read and write a ${effects} at a time).`;
}
