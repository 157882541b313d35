import { escapeForJson, inert } from '../output/sanitize.ts';

/** Something that happened in a command that runs on, with its fields. */
export interface Happening {
  readonly event: string;
  readonly [field: string]: unknown;
}

/** How an event is told on one line: as its name and fields, or as JSON. */
export const eventLines = {
  text: ({ event, ...fields }: Happening, at: Date) => {
    const words = Object.entries(fields).map(([name, value]) => `${name}=${String(value)}`);
    return inert([at.toISOString(), event, ...words].join(' '));
  },
  json: (event: Happening, at: Date) => escapeForJson(JSON.stringify({ time: at.toISOString(), ...event })),
} satisfies Record<string, (event: Happening, at: Date) => string>;

export type EventFormat = keyof typeof eventLines;
