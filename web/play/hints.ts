/** Three hints at how a trace breaks, each saying more: what is missing, what can go wrong, and the way itself. */
import { ruleNamed } from '../../model/machine/jobs.ts';
import { explain } from '../../src/explain/explanation.ts';
import { nameOfWho, plural } from '../../src/explain/story/words.ts';
import type { Trace } from '../../src/trace/format.ts';

/** @param mayNameRule or it would give away what is to be guessed */
export function hintsFor(trace: Trace, mayNameRule = true): string[] {
  const explanation = explain(trace);
  if (explanation === null) return [];
  const { order, property, shape } = explanation;
  const rule = `This job does not keep to this: ${trace.cause.map((name) => ruleNamed(name).sentence).join(' ')}`;
  const what =
    order === null
      ? `It fails in this way: ${shape ?? property}.`
      : `This order is needed, and not kept: ${order.first.text}, before ${order.second.text}.`;
  return [mayNameRule && trace.cause.length > 0 ? rule : `What can break is ${property}.`, what, `This is a way: ${turnsOf(trace)}.`];
}

/** `the job 3 steps, g1 2 steps`: whose turn it is, and for how long. */
function turnsOf({ schedule }: Trace): string {
  const turns: { who: string; steps: number }[] = [];
  for (const { who } of schedule) {
    const last = turns.at(-1);
    if (last?.who === who) last.steps++;
    else turns.push({ who, steps: 1 });
  }
  return turns.map(({ who, steps }) => `${nameOfWho(who)} ${plural(steps, 'step')}`).join(', then ');
}
