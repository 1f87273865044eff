/** Reads a text that may be anything, in a worker that is ended when it takes too long. */
import type { Trace } from '../../src/trace/format.ts';
import { embedded } from '../common/embedded.ts';
import type { ReaderAnswer } from '../reader/answer.ts';

const SECONDS_MAX = 20;

/** A text that can't be shown, and why, in a sentence. */
export class Unreadable extends Error {}

/** @throws Unreadable */
export async function readText(text: string): Promise<Trace> {
  const source = await readerSource();
  const address = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker = new Worker(address);
  let timer = 0;
  try {
    const answer = await new Promise<ReaderAnswer>((resolve, reject) => {
      timer = window.setTimeout(
        () => reject(new Unreadable(`it could not be read in ${SECONDS_MAX} seconds: no trace takes so long`)),
        SECONDS_MAX * 1000,
      );
      worker.addEventListener('message', ({ data }: MessageEvent<ReaderAnswer>) => resolve(data));
      worker.addEventListener('error', ({ message }) => reject(new Unreadable(`reading it failed: ${message}`)));
      worker.postMessage(text);
    });
    if ('trace' in answer) return answer.trace;
    throw new Unreadable(
      answer.line === null ? answer.wrong : `line ${answer.line}, column ${answer.column}: ${answer.wrong}${quoted(text, answer.line)}`,
    );
  } finally {
    clearTimeout(timer);
    worker.terminate();
    URL.revokeObjectURL(address);
  }
}

async function readerSource(): Promise<string> {
  try {
    return await embedded('reader');
  } catch {
    throw new Unreadable('the part of this page that reads traces could not be loaded: try again');
  }
}

const LINE_SHOWN = 120;

function quoted(text: string, line: number): string {
  const bad = text.split('\n', line).at(-1)?.trim() ?? '';
  return bad === '' ? '' : `. It reads: ${bad.length > LINE_SHOWN ? `${bad.slice(0, LINE_SHOWN)}…` : bad}`;
}
