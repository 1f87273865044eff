/**
 * The trace of a real QEMU as one Python file that needs nothing but a qemu-storage-daemon: for a bug report, and for
 * `git bisect run`. What is particular to the trace stands at its top, as plain data; below is `runtime/`.
 */
import type { FailingTrace, Trace } from '../../../trace/format.ts';
import { wrap } from '../../../explain/wrap.ts';
import { promiseOf, sentenceOf } from '../campaign/promises.ts';
import { versionOf } from '../campaign/real-trace.ts';
import { sectorBytesOf } from '../disks/disks.ts';
import { checkOf } from './check.ts';
import { constantsOf } from './constants.ts';
import { importsOf, runtimeFor } from './joined.ts';
import { needsOf } from './needs.ts';
import { LINE_MAX, assignment, comment, docstring, inline } from './python.ts';
import { failures, heldBack, stepsOf, tupleOf } from './steps.ts';

const WIDTH = LINE_MAX;

/** The text of the file. @throws NotHandedOn if the trace has a part that can't be played without cowcheck */
export function reproducerOf(trace: Trace): string {
  const { failing, check } = checkOf(trace);
  const needs = needsOf(failing, check);
  const runtime = runtimeFor(needs);
  return [
    '#!/usr/bin/env python3',
    docstring(aboutOf(failing)),
    ...importLines(importsOf(runtime)),
    '',
    STEPS_ABOUT,
    'STEPS = [',
    ...stepLines(failing),
    ']',
    ...constantsOf(failing, needs).flatMap(({ about, name, value }) => {
      const [first = '', ...rest] = assignment(name, value).split('\n');
      if (about === undefined) return [first, ...rest];
      const withComment = `${first}  ${comment(about)}`;
      return withComment.length <= LINE_MAX ? [withComment, ...rest] : [...wrap(about, WIDTH - 2).map(comment), first, ...rest];
    }),
    '',
    runtime,
  ].join('\n');
}

/** As few as they go into. */
const importLines = (modules: readonly string[]): string[] =>
  wrap(modules.join(', '), WIDTH - 'import '.length - 1).map((line) => `import ${line.replace(/,$/, '')}`);

const STEPS_ABOUT = `\
# After each step QEMU comes to rest. A request waits for its step: take: a read reads; put: a write
# lands; answer: the same, and it is answered; fail: with an error. What no step lets go goes last.`;

/** The things that a reader wants to know first. */
function aboutOf(trace: FailingTrace): string[] {
  const { verdict } = trace;
  const schedule = stepsOf(trace.schedule);
  const promise = promiseOf(trace);
  const [held, fails] = [heldBack(schedule), failures(schedule)];
  const shown = held.length > HELD_MAX ? [...held.slice(0, HELD_MAX - 1), `and ${held.length - HELD_MAX + 1} more`] : held;
  return [
    ...wrap(`Found by cowcheck on QEMU ${versionOf(trace)}. ${HOLDS}`, WIDTH),
    '',
    ...block('Held', shown.length === 0 ? ['nothing: each request runs as soon as it comes'] : shown),
    ...block('Fails', fails.length === 0 ? ['nothing'] : fails),
    ...block('Seen', [verdict.detail, namesIn(trace)]),
    ...block('Promised', [promise === null ? sentenceOf(verdict.property) : `${promise.text} (${promise.source}; ${promise.id})`]),
    'Exit status, as for git bisect run: 1 the bug is there; 0 it is not; 125 this binary cannot say.',
  ];
}

const HOLDS = 'Each disk request is held.';
/** What the contents are called that this trace has. */
function namesIn({ verdict, schedule }: FailingTrace): string {
  const text = [verdict.detail, ...schedule.map(({ saw }) => saw)].join(' ');
  const all: readonly (readonly [RegExp, string])[] = [
    [/s\d+(?:-\d+)?@0/, 's5@0: sector 5 of the disk as it was in the beginning'],
    [/s\d+(?:-\d+)?@old/, 's5@old: of the target'],
    [/s\d+(?:-\d+)?@base/, 's5@base: of the backing file'],
    [/s\d+(?:-\d+)?\.g/, 's5.g2: as g2 wrote it'],
  ];
  return `(${all
    .filter(([name]) => name.test(text))
    .map(([, about]) => about)
    .join('; ')})`;
}
const HELD_MAX = 6;

const block = (title: string, lines: readonly string[]): string[] =>
  lines.flatMap((line) => wrap(line, WIDTH - GUTTER)).map((line, i) => `${(i === 0 ? title : '').padEnd(GUTTER)}${line}`);
const GUTTER = 10;

function stepLines({ schedule, scenario }: FailingTrace): string[] {
  const steps = stepsOf(schedule);
  const sectorBytes = sectorBytesOf(scenario);
  const tuples = steps.map((step) => `${inline(tupleOf(step, scenario, sectorBytes))},`);
  const width = Math.max(...tuples.map(({ length }) => length));
  return tuples.map((tuple, i) => {
    const line = `    ${tuple.padEnd(width)}  ${comment(`${i + 1}: ${steps[i]!.saw || 'nothing'}`)}`;
    return line.length > LINE_MAX ? `${line.slice(0, LINE_MAX - 3)}...` : line;
  });
}
