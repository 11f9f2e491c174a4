import {reasonOf} from '../base/browser';
import {plural} from '../base/format';
import type {Core} from '../engine/engine';
import type {Scenario, Short, Table} from '../wire.gen';
import {ownTrace} from './editor';
import type {Editor} from './editor';
import type {Notices} from './notices';

/** The largest file that the page reads, in bytes. */
const largest = 256 << 20;

type Content = 'config' | 'scenario' | 'trace';

/** What a file is, by its name and content. */
export function contentOf(name: string, text: () => string): {readonly kind: Content; readonly value: unknown} {
  if (!name.toLowerCase().endsWith('.json')) return {kind: 'trace', value: null};
  const value: unknown = JSON.parse(text());
  if (typeof value !== 'object' || value === null) throw new Error('it holds no JSON object');
  const config = 'model_type' in value || 'architectures' in value || 'hidden_size' in value || 'd_model' in value;
  return {kind: config ? 'config' : 'scenario', value};
}

/** The shipped trace that suits a scenario: the named one, its model's, or one with as many experts. */
export function traceFor(s: Scenario, tables: readonly Table[]): Table | undefined {
  const traces = tables.filter((t) => t.trace && t.file !== '');
  const {table} = s.workload.routing;
  if (table !== '') return traces.find((t) => t.name === table);
  return ownTrace(s.model.name, traces) ?? traces.find((t) => t.experts === s.model.experts) ?? traces[0];
}

/** Reads the files that a user drops, and fetches the shipped traces that a run needs. */
export class Files {
  private readonly attached = new Set<string>();
  private readonly fetching = new Map<string, Promise<void>>();
  private readonly own = new Map<string, ArrayBuffer>(); // by SHA-256

  constructor(private readonly editor: Editor, private readonly core: Core, private readonly notices: Notices) {}

  /** Takes a file: a model's config.json, a scenario, or a trace. */
  async take(file: File): Promise<void> {
    try {
      if (file.size > largest) throw new Error(`it is larger than ${largest >> 20} MB`);
      const bytes = await file.arrayBuffer();
      const {kind, value} = contentOf(file.name, () => new TextDecoder().decode(bytes));
      if (kind === 'config') await this.takeConfig(file.name, value);
      else if (kind === 'scenario') await this.takeScenario(file.name, value);
      else await this.takeTrace(file.name, bytes);
    } catch (e) {
      this.notices.warn(`${file.name} could not be used: ${reasonOf(e)}`);
    }
  }

  /** Takes a preset scenario. */
  example(name: string): void {
    const choice = this.editor.catalog.scenarios.find((c) => c.name === name);
    if (!choice) return;
    this.editor.replace(choice.value, 'pick');
  }

  /** Attaches what the routing of s reads; null if that is done. */
  prepare(s: Scenario): Promise<void> | null {
    const table = s.workload.routing.source === 'trace' ? traceFor(s, this.editor.catalog.tables) : undefined;
    if (!table || this.attached.has(table.name)) return null;
    const known = this.fetching.get(table.name);
    if (known) return known;
    const fetching = this.fetch(table).finally(() => this.fetching.delete(table.name));
    this.fetching.set(table.name, fetching);
    return fetching;
  }

  /** The user's own trace that s reads, if there is one here. */
  ownTrace(s: Scenario): ArrayBuffer | undefined {
    const {source, sha256} = s.workload.routing;
    return source === 'file' ? this.own.get(sha256) : undefined;
  }

  private async fetch(table: Table): Promise<void> {
    const answer = await fetch(table.file);
    if (!answer.ok) throw new Error(`${table.file}: HTTP ${answer.status}`);
    await this.core.attach(table.name, await answer.arrayBuffer());
    this.attached.add(table.name);
  }

  private async takeConfig(name: string, config: unknown): Promise<void> {
    const {full, warnings} = await this.core.model(config);
    this.editor.setModel(full.model);
    for (const w of warnings ?? []) this.notices.warn(w.text);
    this.notices.info(`${name}: ${full.model.name || full.model.family}, ${plural(full.model.experts, 'expert')} a MoE block, top-${full.model.top_k}.`);
  }

  private async takeScenario(name: string, value: unknown): Promise<void> {
    const {full, warnings} = await this.core.resolve(value as Short);
    this.editor.replace(full, 'pick');
    for (const w of warnings ?? []) this.notices.warn(w.text);
    this.notices.info(`${name}: scenario taken.`);
  }

  private async takeTrace(name: string, bytes: ArrayBuffer): Promise<void> {
    const trace = await this.core.attach(name, bytes);
    this.own.set(trace.sha256, bytes);
    const s = this.editor.scenario.peek();
    const routing = {...s.workload.routing, source: 'file' as const, file: name, sha256: trace.sha256};
    this.editor.replace({...s, workload: {...s.workload, routing}}, 'pick');
    const size = `${plural(trace.requests, 'request')}, ${plural(trace.tokens, 'token')}, ${plural(trace.layers, 'layer')}`;
    this.notices.info(`${name}: ${size}, ${plural(trace.experts, 'expert')}, top-${trace.top_k}.`);
  }
}
