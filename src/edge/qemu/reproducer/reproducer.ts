/**
 * The trace of a real QEMU as one Python file that needs nothing but a qemu-storage-daemon: for a bug report, and for
 * `git bisect run`. What is particular to the trace stands at its top, as plain data; below is `runtime/`.
 */
import type { FailingTrace, Trace } from '../../../trace/format.ts';
import { wrap } from '../../../explain/wrap.ts';
import { printable } from '../../../trace/printable.ts';
import { promiseOf, sentenceOf } from '../campaign/promises.ts';
import { versionOf } from '../campaign/real-trace.ts';
import { sectorBytesOf } from '../disks/disks.ts';
import { checkOf } from './check.ts';
import { constantsOf } from './constants.ts';
import { importsOf, runtimeFor } from './joined.ts';
import { type Need, needsOf } from './needs.ts';
import { LINE_MAX, assignment, comment, docstring, inline } from './python.ts';
import { failures, heldBack, isFault, letsGo, newsOf, stepsOf, tupleOf } from './steps.ts';

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
    ...stepsAbout(needs),
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

const stepsAbout = (needs: ReadonlySet<Need>): string[] =>
  wrap(
    needs.has('lands')
      ? 'QEMU rests after each. take: a held request reads; put: it lands; reply: both, and QEMU is told; fail: it has an error. ' +
          'Others come last.'
      : 'QEMU rests after each. reply, fail: a held request is done, or has an error. Others come last.',
    WIDTH - 2,
  ).map(comment);

/** The things that a reader wants to know first. */
function aboutOf(trace: FailingTrace): string[] {
  const { verdict } = trace;
  const schedule = stepsOf(trace.schedule);
  const promise = promiseOf(trace);
  const [held, fails] = [heldBack(schedule), failures(schedule)];
  return [
    ...wrap(`Found by cowcheck on QEMU ${versionOf(trace)}. ${HOLDS}`, WIDTH),
    '',
    ...block('Held', held || 'nothing: each request runs as soon as it comes'),
    ...block('Fails', fails.length === 0 ? 'nothing' : fails.join('; ')),
    ...block('Seen', `${verdict.detail} ${namesIn(trace)}`),
    ...block('Promised', promise === null ? sentenceOf(verdict.property) : `${promise.text} (${promise.source}; ${promise.id})`),
    STATUS,
  ];
}

const STATUS = 'Exit status, as for git bisect run: 1 the bug is there; 0 it is not; 125 this binary cannot say.';
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

const block = (title: string, text: string): string[] =>
  wrap(text, WIDTH - GUTTER).map((line, i) => `${(i === 0 ? title : '').padEnd(GUTTER)}${line}`);
const GUTTER = 10;

interface Line {
  code: string;
  readonly first: number;
  readonly news: string[];
}

/** Steps that let requests go stand in one line with what is done before them, as far as there is room. */
function stepLines({ schedule, scenario }: FailingTrace): string[] {
  const sectorBytes = sectorBytesOf(scenario);
  const lines: Line[] = [];
  let hasRoom = false;
  for (const [i, step] of stepsOf(schedule).entries()) {
    const tuple = `${inline(tupleOf(step, scenario, sectorBytes))},`;
    const last = lines.at(-1);
    const code = `${last?.code} ${tuple}`;
    if (hasRoom && letsGo(step) && numbered({ ...last!, code }).length <= LINE_MAX) {
      last!.code = code;
      last!.news.push(...newsOf(step));
    } else lines.push({ code: `    ${tuple}`, first: i + 1, news: newsOf(step) });
    hasRoom = !isFault(step);
  }
  return lines.map((line) => {
    const whole = line.news.length === 0 ? numbered(line) : `${numbered(line)}: ${printable(line.news.join(', '))}`;
    return whole.length <= LINE_MAX ? whole : numbered(line).length > LINE_MAX - 5 ? numbered(line) : `${whole.slice(0, LINE_MAX - 3)}...`;
  });
}

const numbered = ({ code, first }: Line): string => `${code}  # ${first}`;
