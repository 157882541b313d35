import type { ArgumentSpec } from '../spec.ts';

export const domainArgument: ArgumentSpec = { name: 'domain', description: 'hostname or id of the domain' };
