// What sets of measurements are, and what is known to be missing, in words.

export interface Words {
  readonly title: string;
  readonly what: string;
}

const published = 'published with Pre-gated MoE (Switch in fp32 on an A100 and PCIe 4)';
const offloads = 'GPU-only: experts are on the GPU. DeepSpeed: active experts come when they are needed. Pre-gated: while the block before computes. SE-MoE: all experts come.';

/** In the order of reading. */
const known: Readonly<Record<string, Words>> = {
  'h100/graph_layers': {
    title: 'MoE layers from a CUDA graph',
    what: 'The experts of one layer of Switch-Large-128 or Mixtral 8x7B on our H100 box, on the GPU’s own clock. ideal: experts are on the GPU, looped or grouped. pm: their weights come over PCIe, before each compute (serial) or beside it (overlap).',
  },
  'h100/layers': {
    title: 'MoE layers as the host sees them',
    what: 'The same layers, launched kernel by kernel and timed by the host. am_cpu: experts are computed by the CPU. hybrid: some on the GPU, the others by the CPU.',
  },
  'pregated/block_lats': {title: 'Decoder blocks on an A100', what: `Mean time of a block with experts, ${published}. ${offloads} Which experts were active is not published, so one row of each model sets its skew.`},
  'pregated/ubench_b64_block_lats': {title: 'Decoder blocks by active experts', what: `The same with a given number of active experts at batch 64, ${published}.`},
  'pregated/throughputs': {title: 'Tokens a second of whole models', what: `256 tokens in and 256 out, ${published}. ${offloads} Nothing was fitted to these rows themselves.`},
  'gpu_moe/moe_kernels': {
    title: 'Fused MoE kernels of vLLM',
    what: 'Published measurements of AIConfigurator on H100, A100 and L40S. Routing is balanced, or drawn from a power law; which tokens went where is not published, so predictions are means over several draws.',
  },
  'h100/ffn': {title: 'One expert on the GPU', what: 'The feed-forward network of one expert on our H100, launched from a graph or eagerly.'},
  'h100/cpu': {title: 'One expert on the CPU', what: 'The feed-forward network of one expert on 8 or 16 Sapphire Rapids cores, in bf16 and in fp32.'},
  'h100/dense': {title: 'Attention of one block', what: 'Attention, with its projections, on our H100: prefill and decoding, launched from a graph or eagerly.'},
  'h100/link': {title: 'Copies over PCIe', what: 'Copies of 64 KiB to 1 GiB between pinned or pageable memory and our H100: to the GPU (h2d), back (d2h), and to the GPU until the host knows (h2d_host_visible).'},
  'h100/link below 64 KiB': {title: 'Copies below 64 KiB', what: 'The same for small copies, to which nothing was fitted: they are mostly latency, and vary.'},
  'pregated/peak_mems': {title: 'Peak GPU memory', what: `Bytes, not time, ${published}.`},
};

/** What a set of measurements is; of one that is not known, its name. */
export const wordsOf = (set: string): Words => known[set] ?? {title: set, what: ''};

const order = Object.keys(known);

/** Where a set stands among others: sets that are not known come last. */
export function placeOf(set: string): number {
  const at = order.indexOf(set);
  return at < 0 ? order.length : at;
}

const fits: Readonly<Record<string, string>> = {
  dense: 'one expert on the GPU, from a graph',
  eager: 'eager launches of one expert, and of layers on the GPU',
  loop: 'looped layers from a CUDA graph',
  grouped: 'grouped layers from a CUDA graph',
  attention: 'attention, from a graph',
  fused: 'fused kernels on an H100',
  old: 'fused kernels on A100 and L40S',
};

/** The measurements that a constant is fitted to. */
export const fitOf = (name: string) => fits[name] ?? name;

export interface Blank {
  readonly what: string;
  readonly text: string;
}

/** What no measurement here is about. */
export const blanks: readonly Blank[] = [
  {what: 'Experts near the data', text: 'MD+AM, MD+LB and every time of the device. Its memory issues commands at the clocks of Ramulator 2.1 and DRAMsim3 and its arrays take the cycles of SCALE-Sim, but those are simulators too.'},
  {what: 'The CXL link to the device', text: 'No row crosses one. Measured copies are over PCIe, between a host and one GPU.'},
  {what: 'Energy and power', text: 'Not one joule is measured: boards draw what data sheets say, the device what the paper says.'},
  {what: 'GPUs other than H100, A100 and L40S', text: 'They have data sheets’ rates, and the constants of those three.'},
  {what: 'Whole runs of today’s models', text: 'Single layers and kernels of Mixtral and its like are measured. Of whole runs only Switch is, in fp32 on an A100.'},
  {what: 'Low-bit experts', text: 'Every measured row is in bf16 or fp32.'},
  {what: 'Routing of models without data', text: 'NLLB-MoE, the Switch decoders and Qwen3 have no published counts. A named stand-in takes their place, and every report says so.'},
];

export interface Gap {
  readonly what: string;
  readonly status: 'to be mended' | 'kept on purpose' | 'no source known';
  readonly text: string;
}

/** The gaps that move results most, of all in docs/deviations.md. */
export const gaps: readonly Gap[] = [
  {what: 'Closed forms of the device', status: 'kept on purpose', text: 'One pass over the weights for every four tokens at the device’s full bandwidth; fidelity “cycle” simulates it clock by clock, and says how far the two differ.'},
  {what: 'How hot experts are chosen', status: 'no source known', text: 'The paper tunes α, without a procedure, values or rounding. α is searched on profile passes here.'},
  {what: 'PCIe of the paper’s machine', status: 'kept on purpose', text: '32 GB/s, as in the paper’s equations. Links of that kind reach 22 to 24 GB/s: set the link’s efficiency to 0.7 to see it.'},
  {what: 'Tokens of a request', status: 'to be mended', text: 'Tokens choose experts independently of each other. Real ones of the same request share experts; a recorded trace has that.'},
  {what: 'Batches over time', status: 'to be mended', text: 'All sequences of a batch have the same length and age. Servers mix old and new ones.'},
  {what: 'Layers', status: 'to be mended', text: 'One after another. Only GPU+PM with the transfer “ahead” fetches weights for the next layer, as if it knew which.'},
  {what: 'Low-bit experts', status: 'to be mended', text: 'Their bytes shrink, but decoding them costs nothing, on GPU, CPU and device.'},
  {what: 'Energy', status: 'to be mended', text: 'Busy time at board power, and the device’s base power throughout. Idle GPU, idle CPU and links are not counted.'},
  {what: 'LPDDR5X', status: 'no source known', text: 'Timings are the nanoseconds of one public LPDDR5-6400 set at a faster clock; currents are those of an LPDDR4 part. Vendors publish neither.'},
  {what: 'The device’s link and memory', status: 'to be mended', text: 'A transfer over the link takes no bandwidth from the experts beside it, except where PMove reads from the device.'},
];
