/** What the reader of traces answers. */
import type { Trace } from '../../src/trace/format.ts';

export type ReaderAnswer =
  | { readonly trace: Trace }
  | { readonly wrong: string; readonly line: number | null; readonly column: number | null };
