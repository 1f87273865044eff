/** A woken coroutine is ready like the others: any runnable coroutine may run next. */
import type { WakeDiscipline } from './discipline.ts';

export const ANY: WakeDiscipline = {
  woken() {},
};
