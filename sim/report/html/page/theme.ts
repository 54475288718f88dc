import { button } from './element.js';

/** Light or dark: as the system says, until somebody chooses. */
export class Theme {
  readonly button: HTMLButtonElement;
  readonly #system = window.matchMedia('(prefers-color-scheme: dark)');
  #chosen: boolean | undefined;

  constructor(private readonly changed: () => void) {
    this.button = button('', { title: 'Switch between light and dark', kind: 'quiet' }, () => {
      this.#chosen = !this.isDark;
      this.#apply();
    });
    this.#system.addEventListener('change', () => this.#apply());
    this.#apply();
  }

  get isDark(): boolean {
    return this.#chosen ?? this.#system.matches;
  }

  #apply(): void {
    document.documentElement.dataset['theme'] = this.isDark ? 'dark' : 'light';
    this.button.textContent = this.isDark ? 'Light' : 'Dark';
    this.changed();
  }
}
