/** Keys: arrows first. Letters by what they mean, whatever the keyboard's layout. */
import { toggleDetail } from './detail.ts';
import type { Session } from './session.ts';

interface Actions {
  readonly compare: () => void;
  readonly canChoose: boolean;
}

/** Of several players on a screen, keys are for the one that was used last; at first for the first. */
let used: Session | null = null;

/** @returns what ends it */
export function onKey(session: Session, player: HTMLElement, actions: Actions): () => void {
  used ??= session;
  const use = (): void => void (used = session);
  const listen = (event: KeyboardEvent): void => {
    if (used !== null && used !== session) return;
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector('dialog[open]') !== null) return;
    const act = actionOf(event, session, player, actions);
    if (act === null) return;
    event.preventDefault();
    act();
  };
  addEventListener('keydown', listen);
  for (const what of ['pointerdown', 'focusin']) player.addEventListener(what, use);
  return () => {
    removeEventListener('keydown', listen);
    for (const what of ['pointerdown', 'focusin']) player.removeEventListener(what, use);
    if (used === session) used = null;
  };
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    ['TEXTAREA', 'SELECT'].includes(target.tagName) ||
    (target instanceof HTMLInputElement && !['range', 'checkbox'].includes(target.type)));

function actionOf(
  { key, target }: KeyboardEvent,
  session: Session,
  player: HTMLElement,
  { compare, canChoose }: Actions,
): (() => void) | null {
  const { at, length } = session;
  if (canChoose && /^[1-9]$/.test(key)) return () => takeRow(session, Number(key));
  switch (key) {
    case 'ArrowRight':
      return () => session.go(session.after(at.value));
    case 'ArrowLeft':
      return () => session.go(session.before(at.value));
    case 'Home':
      return () => session.go(0);
    case 'End':
      return () => session.go(length.value);
    case 'PageDown':
      return () => session.go(at.value + 10);
    case 'PageUp':
      return () => session.go(at.value - 10);
    case 'n':
      return () => session.go(session.changing(at.value, 1));
    case 'p':
      return () => session.go(session.changing(at.value, -1));
    case 'f':
      return () => session.go(session.broken.value?.step ?? at.value);
    case 'w':
      return () => session.go(session.guiltyBefore(at.value));
    case 'g':
      return () => goToNumber(session);
    case 'z':
      return () => session.undo();
    case 'Z':
      return () => session.redo();
    case 'd':
      return toggleDetail;
    case 'c':
      return compare;
    case 's':
      return () => player.querySelector<HTMLButtonElement>('[data-share]')?.click();
    case 'o':
      return () => (location.hash = '#/open');
    case ' ':
      return target instanceof HTMLButtonElement || (target instanceof HTMLInputElement && target.type === 'checkbox')
        ? null
        : () => (session.isPlaying.value = !session.isPlaying.value);
    default:
      return null;
  }
}

function takeRow(session: Session, n: number): void {
  const choice = session.choices.value[n - 1];
  if (choice?.blocked === null) session.take(choice.id);
}

function goToNumber(session: Session): void {
  const n = Number(prompt(`Which step, 0 to ${session.length.value}?`) ?? NaN);
  if (Number.isInteger(n)) session.go(n);
}
