/** What a search says, with its bound: never more than was searched. */
import type { Setting } from '../../model/machine.ts';
import type { Scenario } from '../../model/scenario.ts';
import { plural } from '../../src/explain/words.ts';
import { BYTES_MAX, type Check, type Found } from './question.ts';

/** `Every order of this scenario: 412 states; none breaks a property.` */
export function foundWords(found: Found, { scenario, setting }: Pick<Check, 'scenario' | 'setting'>): string {
  switch (found.is) {
    case 'broken':
      return `It can be broken: ${found.way.property}, in ${costWords(found.way.preemptions, found.way.ids.length)}. ${found.way.isCheapest ? 'No order takes fewer preemptions, and of those with as few none takes fewer steps.' : 'There may be a shorter way.'}`;
    case 'holds':
      return `Every order of this scenario: ${statesWords(found.states)}; none breaks a property. ${boundWords(scenario, setting)}`;
    case 'memory':
      return `After ${statesWords(found.states)} the memory was full (${BYTES_MAX / 2 ** 20} MB): nothing found so far, and what was not searched may break.`;
    case 'stopped':
      return `Stopped after ${statesWords(found.states)}: nothing found so far, and what was not searched may break.`;
    case 'failed':
      return `The checker could not search: ${found.why}`;
  }
}

export const statesWords = (states: number): string => `${states.toLocaleString('en')} ${states === 1 ? 'state' : 'states'}`;

export const costWords = (preemptions: number, steps: number): string => `${plural(preemptions, 'preemption')}, ${plural(steps, 'step')}`;

/** Orders that differ in nothing that anybody could notice are searched once. */
function boundWords({ mode }: Scenario, { wake, effects }: Setting): string {
  const order = wake === 'any' ? 'whoever can go on may' : "with QEMU's wake order";
  return `That holds for this one (${mode.toUpperCase()}, ${order}, disks read and write a ${effects} at a time), and says nothing of others.`;
}
