import {signal} from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';

const key = 'monde-theme';
const themes: readonly Theme[] = ['system', 'light', 'dark'];

/** The chosen theme. Pictures on canvas read it to know when to draw again. */
export const theme = signal<Theme>('system');

/** Takes the theme that was chosen last time. */
export function restoreTheme(): void {
  const saved = stored();
  setTheme(themes.find((t) => t === saved) ?? 'system');
}

export function nextTheme(): void {
  setTheme(themes[(themes.indexOf(theme.value) + 1) % themes.length] ?? 'system');
  try {
    localStorage.setItem(key, theme.value);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

function setTheme(t: Theme): void {
  document.documentElement.dataset['theme'] = t;
  theme.value = t;
}

function stored(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
