import { Chalk, type ChalkInstance } from 'chalk';

/** Colours, or the same functions that add nothing, whatever the environment says. */
export function painter(color: boolean): ChalkInstance {
  return new Chalk({ level: color ? 1 : 0 });
}
