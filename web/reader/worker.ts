/** Reads a stranger's trace where it can't hurt: in a worker, which can be ended. */
import { TraceError } from '../../src/trace/format.ts';
import { TraceTextError, readTrace } from '../../src/trace/read.ts';
import type { ReaderAnswer } from './answer.ts';

addEventListener('message', ({ data }: MessageEvent<string>) => postMessage(answerTo(data)));

function answerTo(text: string): ReaderAnswer {
  try {
    return { trace: readTrace(text) };
  } catch (error) {
    if (error instanceof TraceTextError) return { wrong: error.message, line: error.line, column: error.column };
    if (error instanceof TraceError) return { wrong: error.message, line: null, column: null };
    throw error;
  }
}
