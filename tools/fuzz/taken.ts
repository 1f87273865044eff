/** How a reader takes a text: it reads it, or refuses it in one line of bounded length, soon. All else is wrong. */
import type { Reader } from './readers.ts';

export interface Taken {
  readonly how: 'read' | 'refused' | 'wrong';
  /** What is wrong, or what the refusal says. */
  readonly message: string;
}

const CALL_MS_MAX = 2_000;
const MESSAGE_MAX = 2_000;
const STACK = 10;
const CALLS = 3;
/** What must not come to a terminal, line ends among it. */
const OBEYED = /[\p{Cc}\p{Cf}\u2028\u2029]/u;

export function taken(reader: Reader, text: string): Taken {
  Error.stackTraceLimit = 0; // stacks take half of the time, and nobody wants that of a refusal
  const [end, ms] = timed(reader, text);
  if (end.how !== 'wrong' && ms <= CALL_MS_MAX) return end;
  Error.stackTraceLimit = STACK;
  const calls = Array.from({ length: CALLS }, () => timed(reader, text)); // with its stack; and the machine may have been busy
  const [same, least] = calls.reduce((a, b) => (a[1] <= b[1] ? a : b));
  return least <= CALL_MS_MAX ? same : { how: 'wrong', message: `took ${Math.round(least)} ms, and no less in ${CALLS} calls` };
}

function timed(reader: Reader, text: string): [end: Taken, ms: number] {
  const begin = performance.now();
  const end = endOf(reader, text);
  return [end, performance.now() - begin];
}

function endOf({ read, Refusal }: Reader, text: string): Taken {
  try {
    read(text);
    return { how: 'read', message: '' };
  } catch (error) {
    if (!(error instanceof Refusal)) return { how: 'wrong', message: `threw ${inOneLine(error)}` };
    const wrong = whatIsWrong(error);
    return wrong === null ? { how: 'refused', message: error.message } : { how: 'wrong', message: wrong };
  }
}

/** An error, or whatever else was thrown, with the top of its stack. */
function inOneLine(error: unknown): string {
  return String((error as Partial<Error> | null | undefined)?.stack ?? error)
    .split('\n')
    .slice(0, 3)
    .join(' ');
}

function whatIsWrong({ message }: Error): string | null {
  if (message.length > MESSAGE_MAX) return `refused it in ${message.length} characters`;
  if (OBEYED.test(message)) return `refused it with control characters or in several lines: ${JSON.stringify(message)}`;
  return null;
}

const PRIME = 16_777_619;

/** A number that is the same for the same text that ends in the same way; of many texts, the sum. */
export function digestOf(text: string, how: Taken['how']): number {
  let hash = how.length;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), PRIME);
  return hash >>> 0;
}
