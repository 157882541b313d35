import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { openStore, parseTarget } from '../../src/database/open.ts';
import type { Alert } from '../../src/models/alert.ts';
import type { Domain } from '../../src/models/domain.ts';
import type { Delivery, Incident } from '../../src/models/incident.ts';
import type { NotifyEvent } from '../../src/observe/notify/events.ts';
import type { Notice } from '../../src/observe/notify/notifier.ts';
import { openNotifier } from '../../src/observe/notify/open-notifier.ts';
import { PACE } from '../../src/observe/notify/pace.ts';
import { controlPlane } from './control-plane.ts';
import type { ControlPlane } from './control-plane.ts';

export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
export const PATIENCE_MS = 30_000;
/** Waits that a test can sit out. */
export const QUICK = { ...PACE, timeoutMs: 5_000, waitsMs: [5, 5, 5, 600_000] };

/** A clock that is fast. */
export const later = (ms: number) => () => new Date(Date.now() + ms);

/** Incidents of one domain with an alert on downtime, and notifiers that tell of them. */
type Notifying = Awaited<ReturnType<typeof open>>;

/** The same for the tests of a file, each of which has a domain of its own. */
export interface NotifyingTests extends Omit<Notifying, 'close'> {
  readonly plane: ControlPlane;
  readonly domain: string;
}

/** Makes it for the tests of a file. */
export function notifying(): NotifyingTests {
  let plane: ControlPlane;
  let tools: Notifying;
  let domain: string;
  let count = 0;
  beforeAll(async () => {
    plane = await controlPlane('team add Acme', 'team add Globex');
    tools = await open(plane, () => domain);
  });
  afterAll(() => tools.close());
  beforeEach(async () => {
    domain = `d${++count}.example.com`;
    await plane.ok(`domain add ${domain} --team acme`);
    await plane.ok(`alert add ${domain} downtime --notify env:HOOK --secret env:KEY`);
  });
  // What one test leaves behind is not to be found by the next.
  afterEach(async () => void (await plane.ok(`domain remove ${domain} --yes`)));
  return {
    get plane() {
      return plane;
    },
    get domain() {
      return domain;
    },
    notice: (event) => tools.notice(event),
    notifier: (hook, more) => tools.notifier(hook, more),
    deliveries: () => tools.deliveries(),
  };
}

/** @param domain the one that it is about now. */
async function open(plane: ControlPlane, domain: () => string) {
  const store = await openStore(parseTarget(plane.database, {}));
  return {
    close: () => store.close(),
    /** An incident as a rule opens it, without anybody told. */
    notice: async (event: Notice['event'] = 'opened'): Promise<Notice> => {
      const models = store.models;
      const found = (await models.Domain.findOne({ hostname: domain() }).lean<Domain>())!;
      const filter = { domainId: found._id };
      if (!(await models.Incident.exists(filter))) {
        await plane.ok(['incident', 'open', domain(), 'downtime', '--message', 'no answer']);
        await models.Incident.collection.updateOne(filter, { $set: { auto: true } });
      }
      const incident = (await models.Incident.findOne(filter).lean<Incident>())!;
      const alert = (await models.Alert.findOne(filter).lean<Alert>())!;
      return { event, incident, alert, domain: found };
    },
    /** One that finds the webhook there; undefined: it does not know it. */
    notifier: (
      hook: string | undefined,
      more: { at?: () => Date; pace?: typeof PACE; key?: string } = {},
    ) => {
      const events: NotifyEvent[] = [];
      const { at = () => new Date(), pace = QUICK, key = SECRET } = more;
      const env = { KEY: key, ...(hook === undefined ? {} : { HOOK: hook }) };
      const log = (event: NotifyEvent) => void events.push(event);
      const opened = openNotifier({ store, env, cwd: plane.folder, now: at, log, pace });
      return {
        events,
        tell: (told: Notice) => opened.tell(told),
        settle: async (ms = PATIENCE_MS) => opened.settle(ms),
        redeliver: async () => opened.redeliver(null),
      };
    },
    /** What is recorded of the messages. */
    deliveries: async (): Promise<Delivery[]> => {
      const command = `incident list --domain ${domain()} --status all -o json`;
      const [row] = await plane.json<{ id: string }[]>(command);
      return (await store.models.Incident.findById(row!.id).lean<Incident>())!.deliveries ?? [];
    },
  };
}
