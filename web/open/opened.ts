/** What somebody has brought: a text with a name, read, and as a session; or what is wrong with it. */
import { LATER_WORDS } from '../common/later-words.ts';
import { signal } from '@preact/signals';
import type { Trace } from '../../src/trace/format.ts';
import { settingOf } from '../../src/replay/replay.ts';
import { Session } from '../player/session.ts';
import { runOfTrace, whyNot } from '../../src/run/of-trace.ts';
import { Run } from '../../src/run/run.ts';
import { followLink, readLink } from '../share/link.ts';
import { Unreadable, readText } from './read-text.ts';

export interface Opened {
  /** On which screen it is shown: what was opened on another is not shown there. */
  readonly where: string;
  /** Of the file; or `this link`. */
  readonly name: string;
  /** Null: there is nothing to play. */
  readonly session: Session | null;
  /** What must be said of it. */
  readonly notice: string | null;
}

/** What was opened last on each screen, by `where`: it is still there when one comes back. */
export const opened = signal<ReadonlyMap<string, Opened>>(new Map());

export const tell = (what: Opened): void => void (opened.value = new Map([...opened.value, [what.where, what]]));

/** Whether something to play was opened there. */
export const hasOpened = (where: string): boolean => opened.value.get(where)?.session != null;
/** What is being read, and where it will be shown. */
export const reading = signal<{ readonly where: string; readonly name: string } | null>(null);

/** More than a person will step through, and about a second's work. */
const STEPS_MAX = 100_000;
/** A file that is larger is not even looked at. */
const BYTES_MAX = 50 * 1024 * 1024;

/** What was read, without where it is shown and as what. */
type Read = Pick<Opened, 'session' | 'notice'>;

export const openFile = (where: string, file: File): Promise<void> =>
  open(where, file.name, async () => {
    if (file.size > BYTES_MAX) throw new Unreadable(`it has ${Math.round(file.size / 1024 / 1024)} MB, and no trace has more than 50`);
    return readAndKept(where, file.name, await file.text());
  });

export const openText = (where: string, name: string, text: string): Promise<void> =>
  open(where, name, () => readAndKept(where, name, text));

export const openLink = (where: string, query: URLSearchParams): Promise<void> => open(where, 'this link', () => readAsLink(query));

/** What was opened by hand is still there after a reload, in this tab. */
const KEPT = 'opened';

async function readAndKept(where: string, name: string, text: string): Promise<Read> {
  const read = readAsTrace(await readText(text));
  if (where === 'open') keep(JSON.stringify({ name, text }));
  return read;
}

function keep(text: string): void {
  try {
    sessionStorage.setItem(KEPT, text);
  } catch {
    // Larger than the browser keeps: then it must be opened again.
  }
}

/** Opens what was opened before a reload. */
export function openAgain(): void {
  if (opened.value.has('open')) return;
  try {
    const { name, text } = JSON.parse(sessionStorage.getItem(KEPT) ?? '{}') as { name?: unknown; text?: unknown };
    if (typeof name === 'string' && typeof text === 'string') void openText('open', name, text);
  } catch {
    // The browser keeps nothing.
  }
}

/** What was begun last counts, however long what was begun before takes. */
async function open(where: string, name: string, read: () => Promise<Read>): Promise<void> {
  const mine = (reading.value = { where, name });
  opened.value = new Map([...opened.value].filter(([other]) => other !== where));
  const end = (what: Read): void => {
    if (reading.value !== mine) return;
    tell({ where, name, ...what });
    reading.value = null;
  };
  try {
    end(await read());
  } catch (error) {
    end({ session: null, notice: error instanceof Unreadable ? error.message : LATER_WORDS.ownMistake });
    if (!(error instanceof Unreadable)) throw error;
  }
}

function readAsTrace(trace: Trace): Read {
  const why = whyNot(trace);
  if (why !== null) return { session: null, notice: why };
  if (trace.schedule.length > STEPS_MAX)
    return {
      session: null,
      notice: `it has ${trace.schedule.length} steps, and this page plays up to ${STEPS_MAX}: npx cowcheck shrink makes it shorter`,
    };
  const { run, parted } = runOfTrace(trace);
  return {
    session: new Session(run, trace),
    notice:
      parted === null
        ? differenceOf(run, trace)
        : `it can't be followed to its end: step ${parted.step} should be "${parted.expected}", and possible ` +
          `were: ${parted.possible.join(', ') || 'nothing'}. Another cowcheck has written it, or a hand. What is ` +
          'shown here ends before that step',
  };
}

/** Whether the run ends as the trace says. */
function differenceOf({ broken, length }: Run, { verdict }: Trace): string | null {
  if (verdict === null)
    return broken === null ? null : `it says that nothing breaks in it, and here ${broken.violation.property} does, at step ${broken.step}`;
  if (broken === null)
    return `it says that ${verdict.property} breaks at step ${verdict.step}, and here nothing has broken after ${length} steps`;
  return broken.step === verdict.step && broken.violation.property === verdict.property
    ? null
    : `it says that ${verdict.property} breaks at step ${verdict.step}, and here ${broken.violation.property} does, at step ${broken.step}`;
}

async function readAsLink(query: URLSearchParams): Promise<Read> {
  const shared = await readLink(query);
  if (typeof shared === 'string') return { session: null, notice: shared };
  const trace = await readText(shared.traceText);
  const run = new Run(trace.scenario, settingOf(trace));
  if (!followLink(run, shared))
    return {
      session: null,
      notice: [LATER_WORDS.otherModel, `Its scenario is still here: ${shared.traceText}`].join(' '),
    };
  const session = new Session(run, null);
  session.go(shared.at);
  return { session, notice: null };
}
