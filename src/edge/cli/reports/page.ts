/** What every report is printed with. */
import type { painter } from '../io/terminal.ts';

export type Paint = ReturnType<typeof painter>;
export type Out = (line?: string) => void;

/** Columns. */
export const WIDTH = 80;
