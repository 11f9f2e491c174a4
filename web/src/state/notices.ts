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

  private add(tone: Notice['tone'], text: string): void {
    const others = this.all.value.filter((n) => n.text !== text).slice(-2);
    this.all.value = [...others, {id: ++this.id, tone, text}];
  }
}
