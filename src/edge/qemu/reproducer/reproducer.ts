/**
 * The trace of a real QEMU as one Python file that needs nothing but a qemu-storage-daemon: for a bug report, and for
 * `git bisect run`. What is particular to the trace stands at its top, as plain data; below is `runtime/`.
 */
import type { FailingTrace, Trace } from '../../../trace/format.ts';
import { wrap } from '../../../explain/wrap.ts';
import { promiseOf, sentenceOf } from '../campaign/promises.ts';
import { versionOf } from '../campaign/real-trace.ts';
import { checkOf } from './check.ts';
import { constantsOf } from './constants.ts';
import { joinedRuntime } from './joined.ts';
import { comment, docstring, python } from './python.ts';
import { failures, heldBack, tupleOf } from './steps.ts';

const WIDTH = 100;
/** Of step and comment. */
const LINE_MAX = 140;

/** The text of the file. @throws NotHandedOn if the trace has a part that can't be played without cowcheck */
export function reproducerOf(trace: Trace): string {
  const { failing, check } = checkOf(trace);
  const { imports, body } = joinedRuntime();
  return [
    '#!/usr/bin/env python3',
    docstring(aboutOf(failing)),
    '',
    imports,
    STEPS_ABOUT,
    'STEPS = [',
    ...stepLines(failing),
    ']',
    '',
    ...constantsOf(failing, check).map(({ about, name, value }) => `${comment(about)}\n${name} = ${python(value)}\n`),
    '',
    body,
  ].join('\n');
}

const STEPS_ABOUT = `\
# What happens in which order. After each step QEMU comes to rest; a request of QEMU's that no step lets go is held. Of a disk's
# request: take: a read takes what the disk holds now, and is not answered yet; put: a write lands, and is not answered yet;
# answer: QEMU gets its answer; fail: it gets an error instead. Numbers are offset and length in bytes. Behind #: what was seen.`;

/** The things that a reader wants to know first. */
function aboutOf(trace: FailingTrace): string[] {
  const { verdict, schedule } = trace;
  const promise = promiseOf(trace);
  const [held, fails] = [heldBack(schedule), failures(schedule)];
  const shown = held.length > HELD_MAX ? [...held.slice(0, HELD_MAX - 1), `and ${held.length - HELD_MAX + 1} more`] : held;
  return [
    ...wrap(`${verdict.detail.slice(0, 1).toUpperCase()}${verdict.detail.slice(1)}.`, WIDTH),
    '',
    ...wrap(`${FOUND} ${versionOf(trace)}. ${HOLDS}`, WIDTH),
    '',
    ...block('Held', shown.length === 0 ? ['nothing: each request runs as soon as it comes'] : shown),
    ...block('Fails', fails.length === 0 ? ['nothing'] : fails),
    ...block('Seen', [verdict.detail, NAMES]),
    ...block('Promised', [promise === null ? sentenceOf(verdict.property) : `${promise.text} (${promise.source}; ${promise.id})`]),
    '',
    'Exit status, as for git bisect run: 1 the bug is there; 0 it is not; 125 this binary cannot say.',
    '--help says what can be left out.',
  ];
}

const FOUND = 'Found by cowcheck on QEMU';
const HOLDS = 'QEMU works on disks that are served here, and each of its requests is held until its turn comes.';
const NAMES =
  '(s5@0: what sector 5 of the disk held in the beginning; s5@old: that of the target; s5@base: that of the backing file; ' +
  's5.g2: what the guest request g2 wrote to it)';
const HELD_MAX = 8;

const block = (title: string, lines: readonly string[]): string[] =>
  lines.flatMap((line) => wrap(line, WIDTH - GUTTER)).map((line, i) => `${(i === 0 ? title : '').padEnd(GUTTER)}${line}`);
const GUTTER = 10;

function stepLines({ schedule }: FailingTrace): string[] {
  const tuples = schedule.map((step) => `${python(tupleOf(step))},`);
  const width = Math.max(...tuples.map(({ length }) => length));
  return tuples.map((tuple, i) => {
    const line = `    ${tuple.padEnd(width)}  ${comment(`${i + 1}: ${schedule[i]!.saw || 'nothing'}`)}`;
    return line.length > LINE_MAX ? `${line.slice(0, LINE_MAX - 3)}...` : line;
  });
}
