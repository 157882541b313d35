import { MongoMemoryReplSet } from 'mongodb-memory-server';
import type { TestProject } from 'vitest/node';
import { VERSION } from '../../src/embedded/commands/administration.ts';
import { netgoatMongod } from './netgoat-mongod.ts';

/**
 * Starts a server of our own, a replica set of one so that it has transactions, for the tests of a project: the mongod
 * that mongodb-memory-server has or can download, or netgoat's own where the project is named so.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const own = project.name === 'netgoat-mongod' ? await netgoatMongod() : undefined;
  const server = await MongoMemoryReplSet.create({
    replSet: { count: 1 },
    binary: own ? { systemBinary: own.path, version: VERSION } : {},
  });
  project.provide('store', server.getUri());
  return async () => {
    await server.stop();
    await own?.remove();
  };
}
