/** How a reader takes a text: it reads it, or refuses it in one line of bounded length, soon. All else is wrong. */

const CALL_MS_MAX = 2_000;
const MESSAGE_MAX = 2_000;
const STACK = 10;
const CALLS = 3;
/** What must not come to a terminal, line ends among it. */
const OBEYED = /[\p{Cc}\p{Cf}\u2028\u2029]/u;

/** @returns {{ how: 'read' | 'refused' | 'wrong', message: string }} what is wrong, or what the refusal says */
export function taken(reader, text) {
  Error.stackTraceLimit = 0; // stacks take half of the time, and nobody wants that of a refusal
  const [end, ms] = timed(reader, text);
  if (end.how !== 'wrong' && ms <= CALL_MS_MAX) return end;
  Error.stackTraceLimit = STACK;
  const calls = Array.from({ length: CALLS }, () => timed(reader, text)); // with its stack; and the machine may have been busy
  const [same, least] = calls.reduce((a, b) => (a[1] <= b[1] ? a : b));
  return least <= CALL_MS_MAX ? same : { how: 'wrong', message: `took ${Math.round(least)} ms, and no less in ${CALLS} calls` };
}

function timed(reader, text) {
  const begin = performance.now();
  const end = endOf(reader, text);
  return [end, performance.now() - begin];
}

function endOf({ read, Refusal }, text) {
  try {
    read(text);
    return { how: 'read', message: '' };
  } catch (error) {
    const wrong = whatIsWrong(error, Refusal);
    return wrong === null ? { how: 'refused', message: error.message } : { how: 'wrong', message: wrong };
  }
}

function whatIsWrong(error, Refusal) {
  if (!(error instanceof Refusal))
    return `threw ${String(error?.stack ?? error)
      .split('\n')
      .slice(0, 3)
      .join(' ')}`;
  if (error.message.length > MESSAGE_MAX) return `refused it in ${error.message.length} characters`;
  if (OBEYED.test(error.message)) return `refused it with control characters or in several lines: ${JSON.stringify(error.message)}`;
  return null;
}

const PRIME = 16_777_619;

/** A number that is the same for the same text that ends in the same way; of many texts, the sum. */
export function digestOf(text, how) {
  let hash = how.length;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), PRIME);
  return hash >>> 0;
}

/** @param file another module than ours, if any */
export async function loadReaders(file) {
  const { READERS } = await import(file ?? './readers.mjs');
  return READERS;
}
