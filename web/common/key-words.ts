/** What each key does: told by the page's data, which comes after the first screen. */
export const KEYS: readonly { readonly keys: string; readonly does: string }[] = [
  { keys: '→ ←', does: 'to the next step that changes the picture, and back' },
  { keys: 'd', does: 'every small step: → and ← stop at each, or only where the picture changes' },
  { keys: 'Home End', does: 'to the start, to the end' },
  { keys: 'PgDn PgUp', does: 'ten steps on, ten back' },
  { keys: 'n p', does: 'to the next, the previous step that changed a disk' },
  { keys: 'f', does: 'to the first step that broke something' },
  { keys: 'w', does: 'why: to the step before that had a part in it' },
  { keys: 'g', does: 'to a step by its number' },
  { keys: 'Space', does: 'play, pause' },
  { keys: '1 … 9', does: 'the coroutine in that row runs' },
  { keys: 'z Shift+z', does: 'take the latest choice back, make it again' },
  { keys: 'c', does: 'beside the correct job' },
  { keys: 's', does: 'share this run' },
  { keys: 'o', does: 'open a trace' },
  { keys: '?', does: 'these keys' },
];
