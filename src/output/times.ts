const STEPS: [unit: string, seconds: number][] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** A time as tables show it: "3 minutes ago" or "in 2 days" on a terminal, RFC 3339 elsewhere. */
export function timeText(time: Date, view: { tty: boolean; now: Date }): string {
  if (Number.isNaN(time.getTime())) return '';
  return view.tty ? fuzzy(time, view.now) : time.toISOString();
}

function fuzzy(time: Date, now: Date): string {
  const seconds = Math.round((now.getTime() - time.getTime()) / 1000);
  const distance = Math.abs(seconds);
  const step = STEPS.find(([, size]) => distance >= size);
  if (!step) return seconds >= 0 ? 'just now' : 'in less than a minute';
  const count = Math.floor(distance / step[1]);
  const text = `${count} ${step[0]}${count === 1 ? '' : 's'}`;
  return seconds >= 0 ? `${text} ago` : `in ${text}`;
}
