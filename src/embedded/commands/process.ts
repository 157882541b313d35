import type { Document } from 'bson';
import { isDocument } from '../bson/values.ts';
import { notSupported, ServerError } from '../server-error.ts';
import { documentField, type Call, type Command } from './command.ts';

/** The answer of a node that is what it is asked to become: a replica set of this one member. */
function replSetInitiate(call: Call): Document {
  if (call.setName === undefined)
    throw new ServerError(76, 'This node was not started with replication enabled.');
  const { _id = call.setName, members = [] } = documentField(call, 'replSetInitiate') ?? {};
  if (_id !== call.setName)
    throw new ServerError(93, `the set is named ${call.setName}, as it was started, not ${String(_id)}`);
  if (!Array.isArray(members) || !members.every(isDocument))
    throw new ServerError(93, 'members must be a list of documents');
  if (members.length > 1) throw notSupported('a replica set of several members');
  return { ok: 1 };
}

/** Ends the process once the reply is on its way. */
function shutdown(call: Call): Document {
  if (!call.stop) throw notSupported('shutdown of a store that a process serves to itself');
  setImmediate(call.stop);
  return { ok: 1 };
}

/** The commands to the process that serves a store: how a test harness starts and ends it. */
export const PROCESS_COMMANDS: Readonly<Record<string, Command>> = {
  replSetInitiate: { run: replSetInitiate, fields: [] },
  shutdown: { run: shutdown, fields: ['force', 'timeoutSecs'] },
};
