/**
 * Long schedules are read many times faster line by line than as YAML. Where lines between
 * `schedule:` and its last step look as cowcheck writes them, they are cut out before YAML is read.
 */
import { isMap, isScalar, isSeq } from 'yaml';
import type { YamlDocument } from './yaml.ts';

export interface Cut {
  /** The text without those lines. */
  readonly text: string;
  /** The steps that were cut out, each as YAML would have read it. */
  readonly steps: readonly Record<string, string>[];
  /** Offsets of the line that names the schedule, of the first line that is cut out, and of the next one that is not. */
  readonly schedule: number;
  readonly begin: number;
  readonly end: number;
}

const HEAD = 'schedule:\n';
/** A step that reads the same in any YAML: letters first, and nothing in it that could mean something else. */
const LINE = /  - ([A-Za-z][\w-]{0,31}): ([A-Za-z](?:[\w .,@()>-]*[\w.,@()>-])?)\n/y;
/** Words that some YAML does not read as text. */
const NO_TEXT = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

/** Cuts out all such lines but the last, with which YAML sees how the text goes on. */
export function cutPlainSteps(text: string): Cut {
  const schedule = text.startsWith(HEAD) ? 0 : text.indexOf(`\n${HEAD}`) + 1;
  const begin = schedule + HEAD.length;
  const steps: Record<string, string>[] = [];
  let [last, end] = [begin, begin]; // where the latest step begins and ends
  for (LINE.lastIndex = begin; text.startsWith(HEAD, schedule); end = LINE.lastIndex) {
    const [, who, what] = LINE.exec(text) ?? [];
    if (who === undefined || what === undefined || NO_TEXT.test(who) || NO_TEXT.test(what)) break;
    steps.push({ [who]: what });
    last = end;
  }
  steps.pop();
  return { text: text.slice(0, begin) + text.slice(last), steps, schedule, begin, end: last };
}

/** Whether what was cut out were steps of the schedule, not lines of some text that looks so. @param document what is left */
export function wereSteps({ schedule }: Cut, { contents }: YamlDocument): boolean {
  return isMap(contents) && contents.items.some(({ key, value }) => isScalar(key) && key.range?.[0] === schedule && isSeq(value));
}
