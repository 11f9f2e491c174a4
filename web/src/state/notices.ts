import {signal} from '@preact/signals';

export interface Notice {
  readonly id: number;
  readonly tone: 'warn' | 'info';
  readonly text: string;
}

/** Messages that stay until they are dismissed. */
export class Notices {
  readonly all = signal<readonly Notice[]>([]);
  private id = 0;

  warn(text: string): void {
    this.add('warn', text);
  }

  info(text: string): void {
    this.add('info', text);
  }

  dismiss(id: number): void {
    this.all.value = this.all.value.filter((n) => n.id !== id);
  }

  /** Ends every message that only told of a choice. */
  hush(): void {
    if (this.all.peek().some((n) => n.tone === 'info')) this.all.value = this.all.peek().filter((n) => n.tone !== 'info');
  }

  private add(tone: Notice['tone'], text: string): void {
    const others = this.all.value.filter((n) => n.text !== text).slice(-2);
    this.all.value = [...others, {id: ++this.id, tone, text}];
  }
}
