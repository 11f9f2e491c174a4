/** Reads rows of counts; a string says what is wrong. */
export function parseCounts(text: string): number[][] | string {
  const lines = text.split('\n').map((l) => l.trim()).filter((l) => l !== '');
  if (lines.length === 0) return 'must hold at least one row';
  const rows = lines.map((line) => line.split(/[\s,;]+/).filter(Boolean).map(Number));
  const bad = rows.findIndex((row) => row.some((n) => !Number.isSafeInteger(n) || n < 0));
  return bad < 0 ? rows : `row ${bad + 1}: must hold whole numbers, none below 0`;
}

export const countsText = (rows: readonly (readonly number[])[]) => rows.map((row) => row.join(', ')).join('\n');
