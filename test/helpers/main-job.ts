import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The file that the main job names, and what is in it. */
export const EDGE_CODE = { file: 'geo.js', text: 'export default (request) => request;\n' } as const;

/** The main job, from a team to what an edge runs: the words after `netgoat`, in the order an operator types them. */
export async function mainJob(): Promise<string[]> {
  const text = await readFile(join(import.meta.dirname, '..', '..', 'scripts', 'main-job.txt'), 'utf8');
  return text.trim().split('\n');
}
