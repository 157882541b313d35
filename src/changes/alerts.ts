import { z } from 'zod';
import type { Store } from '../database/store.ts';
import { NetgoatError } from '../errors.ts';
import { alertKinds } from '../models/alert.ts';
import type { Alert, AlertKind } from '../models/alert.ts';
import { newId } from '../models/base.ts';
import type { Incident } from '../models/incident.ts';
import { normalize } from '../models/normalize.ts';
import type { Access } from '../queries/access.ts';
import { findAlert } from '../queries/alerts.ts';
import { findDomain } from '../queries/domains.ts';
import { alertDefaults } from './alert-kinds.ts';
import { subjectBelow } from './cascade.ts';
import { duration } from './inputs.ts';
import { addition, planOf, removal, updates } from './plan.ts';
import type { Plan } from './plan.ts';
import { secretReference, webhook } from './webhooks.ts';

const which = z.object({ domain: z.string(), kind: z.enum(alertKinds) });

/** A number, or a share of the answers with a per cent sign. */
const numberOrShare = z
  .string()
  .regex(/^-?\d+%?$/, 'must be a whole number, or per cent such as 20%')
  .transform((text) => ({ value: Number.parseInt(text, 10), percent: text.endsWith('%') }))
  .refine(({ value }) => value >= 1 && value <= 1_000_000, 'must be from 1 to 1000000');

const webhooks = z.array(webhook).max(20, 'must be at most 20').optional();

/** Webhooks alone. */
export const webhooksInput = z.object({ notify: webhooks });

const settings = z.object({
  threshold: numberOrShare.optional(),
  window: duration.refine((seconds) => seconds >= 1, 'must be at least a second').optional(),
  notify: webhooks,
  secret: secretReference.nullable().optional(),
  enabled: z.boolean().optional(),
});

export const alertInput = which.extend(settings.shape);

type Settings = z.output<typeof settings>;

/**
 * A new alert; what is not given comes from the table of kinds.
 * @throws NetgoatError conflict: the domain has one of this kind.
 */
export async function addAlert(
  store: Store,
  access: Access,
  input: z.output<typeof alertInput>,
): Promise<Plan> {
  const { kind } = input;
  const domain = await findDomain(store, access, input.domain);
  if (await store.models.Alert.exists({ domainId: domain._id, kind })) {
    throw new NetgoatError('conflict', `${domain.hostname} has an alert ${kind} already`, {
      hint: 'change it with `netgoat alert set`',
    });
  }
  const { threshold, window } = alertDefaults[kind];
  const alert = await normalize(store.models, 'Alert', {
    _id: newId(),
    teamId: domain.teamId,
    domainId: domain._id,
    kind,
    threshold,
    window,
    notify: [],
    ...settingsOf(kind, input),
    revision: 1,
  });
  const added = addition(subjectBelow('alert', domain, kind), alert);
  return planOf([added], { revision: 0, warnings: warningsOf(alert) });
}

/** Other settings of an alert. */
export async function setAlert(
  store: Store,
  access: Access,
  input: z.output<typeof alertInput>,
): Promise<Plan> {
  const { domain, alert } = await findAlert(store, access, input.domain, input.kind);
  const next = await normalize(store.models, 'Alert', { ...alert, ...settingsOf(input.kind, input) });
  const changes = updates(subjectBelow('alert', domain, alert.kind), alert, next);
  const warnings = input.secret === undefined ? [] : warningsOf(next);
  return planOf(changes, { revision: alert.revision, warnings });
}

function warningsOf({ secret, notify }: Pick<Alert, 'secret' | 'notify'>): string[] {
  return typeof secret === 'string' && notify.length === 0
    ? ['the key signs nothing as long as no webhook is told: name one with --notify']
    : [];
}

/** The end of an alert; the incidents it opened stay, as the domain's past, and name it no more. */
export async function removeAlert(store: Store, access: Access, name: string, kind: string): Promise<Plan> {
  const { domain, alert } = await findAlert(store, access, name, kind);
  const incidents = await store.models.Incident.find({
    domainId: domain._id,
    alertId: alert._id,
  }).lean<Incident[]>();
  const orphaned = incidents.flatMap((incident) =>
    updates(subjectBelow('incident', domain, incident.kind), incident, {
      ...incident,
      alertId: null,
    } as Incident),
  );
  const gone = removal(subjectBelow('alert', domain, alert.kind), alert);
  return planOf([...orphaned, gone], { revision: alert.revision });
}

function settingsOf(
  kind: AlertKind,
  { threshold, window, notify, secret, enabled }: Settings,
): Partial<Alert> {
  return {
    ...(threshold === undefined ? {} : thresholdOf(kind, threshold)),
    ...(window === undefined ? {} : { window }),
    ...(notify === undefined ? {} : { notify: [...new Set(notify)] }),
    ...(secret === undefined ? {} : { secret }),
    ...(enabled === undefined ? {} : { enabled }),
  };
}

function thresholdOf(
  kind: AlertKind,
  { value, percent }: { value: number; percent: boolean },
): Pick<Alert, 'threshold' | 'percent'> {
  const { most, counts, share } = alertDefaults[kind];
  if (percent && share === undefined) {
    throw new NetgoatError('usage', `threshold: cannot be per cent for ${kind} (${counts})`);
  }
  const [limit, words] = percent ? [100, share] : [most, counts];
  if (value > limit) {
    throw new NetgoatError('usage', `threshold: must be at most ${limit} for ${kind} (${words})`);
  }
  // Where it is nothing but a share, nobody has to say so.
  return { threshold: value, percent: percent && share !== counts };
}
