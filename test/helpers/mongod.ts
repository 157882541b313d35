import { MongoMemoryReplSet } from 'mongodb-memory-server';
import type { TestProject } from 'vitest/node';

/** Starts a mongod of our own, a replica set of one so that it has transactions, for the tests of a project. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await MongoMemoryReplSet.create({
    replSet: { count: 1 },
  });
  project.provide('store', server.getUri());
  return async () => {
    await server.stop();
  };
}
