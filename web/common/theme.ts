/** Light, dark, or whatever the system says. */
import { effect, signal } from '@preact/signals';

const THEMES = ['system', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

export const theme = signal<Theme>(kept());

export function nextTheme(): void {
  theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length]!;
}

effect(() => {
  if (typeof document === 'undefined') return;
  document.documentElement.dataset['theme'] = theme.value;
  keep(theme.value);
});

/** Where nothing may be kept, nothing is. */
function kept(): Theme {
  try {
    return THEMES.find((name) => name === localStorage.getItem('theme')) ?? 'system';
  } catch {
    return 'system';
  }
}

function keep(name: Theme): void {
  try {
    localStorage.setItem('theme', name);
  } catch {
    // then it is asked of the system next time
  }
}
