import { statusClasses } from '../../models/analytics-data.ts';
import type { Traffic } from '../../models/analytics-data.ts';
import { noTraffic } from '../traffic.ts';
import type { Entry } from './entry.ts';

/** Requests by host and minute, until they are written. */
export class Tally {
  #hosts = new Map<string, Map<number, Traffic>>();
  #cells = 0;
  #host = '\n';
  #minutes: Map<number, Traffic> = new Map();
  #minute = -1;
  #traffic = noTraffic();

  /** How many hosts and minutes there are traffic of. */
  get cells(): number {
    return this.#cells;
  }

  add({ host, minute, status, bytesIn, bytesOut, hit }: Entry): void {
    if (host !== this.#host) {
      [this.#host, this.#minute] = [host, -1];
      this.#minutes = this.#minutesOf(host);
    }
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#traffic = this.#trafficOf(minute);
    }
    const traffic = this.#traffic;
    traffic.requests += 1;
    traffic.bytesIn += bytesIn;
    traffic.bytesOut += bytesOut;
    traffic.status[statusClasses[Math.floor(status / 100) - 1]!] += 1;
    if (status === 502) traffic.badGateway += 1;
    if (hit) traffic.cacheHits += 1;
  }

  /** Gives what was counted, and begins anew. */
  take(): Map<string, Map<number, Traffic>> {
    const hosts = this.#hosts;
    [this.#hosts, this.#cells, this.#host] = [new Map(), 0, '\n'];
    return hosts;
  }

  #minutesOf(host: string): Map<number, Traffic> {
    const known = this.#hosts.get(host);
    if (known !== undefined) return known;
    const made = new Map<number, Traffic>();
    // A text of its own: a piece of another keeps all of that.
    this.#hosts.set(Buffer.from(host).toString(), made);
    return made;
  }

  #trafficOf(minute: number): Traffic {
    const known = this.#minutes.get(minute);
    if (known !== undefined) return known;
    const made = noTraffic();
    this.#minutes.set(minute, made);
    this.#cells += 1;
    return made;
  }
}
