import mongoose from 'mongoose';
import { openEmbedded } from '../../src/embedded/open.ts';

/*
 * One of several processes on one store, started by processes.test.ts. It waits for 'go', does its job and sends what
 * came of it.
 */

const [, , job, folder = '', me = '0', rounds = '10'] = process.argv;
const times = Number(rounds);
const send = (message: unknown): void => {
  process.send?.(message);
};

const store = await openEmbedded(folder);
await mongoose.connect(store.uri('shared'));
const Counter = mongoose.model('Counter', new mongoose.Schema({ _id: String, n: Number }));
const Unique = mongoose.model(
  'Unique',
  new mongoose.Schema({ key: { type: String, unique: true }, by: Number }),
);
const Account = mongoose.model('Account', new mongoose.Schema({ _id: Number, balance: Number }));
const List = mongoose.model(
  'List',
  new mongoose.Schema({ _id: String, items: [String] }, { optimisticConcurrency: true }),
);

async function transfer(round: number): Promise<boolean> {
  const [from, to] = [(round + Number(me)) % 3, (round + Number(me) + 1) % 3];
  let whole = true;
  await mongoose.connection.transaction(async (session) => {
    const accounts = await Account.find().session(session);
    whole &&= accounts.reduce((sum, { balance }) => sum + (balance ?? 0), 0) === 300;
    await Account.updateOne({ _id: from }, { $inc: { balance: -1 } }, { session });
    await Account.updateOne({ _id: to }, { $inc: { balance: 1 } }, { session });
  });
  return whole;
}

/** Adds to a list that others add to: read, change, save, and again where another was faster. */
async function append(item: string): Promise<void> {
  for (;;) {
    const list = await List.findById('list').orFail();
    list.items.push(item);
    const saved = await list.save().then(
      () => true,
      (error: Error) => {
        if (error.name !== 'VersionError') throw error;
        return false;
      },
    );
    if (saved) return;
  }
}

async function share(): Promise<{ won: number; torn: number }> {
  const result = { won: 0, torn: 0 };
  for (let i = 0; i < times; i++) {
    await Counter.updateOne({ _id: 'c' }, { $inc: { n: 1 } }, { upsert: true });
    await Unique.create({ key: `k${i}`, by: Number(me) }).then(
      () => result.won++,
      (error: { code: number }) => {
        if (error.code !== 11000) throw error;
      },
    );
    if (i % 4 === 0 && !(await transfer(i))) result.torn++;
    if (i % 4 === 1) await append(`${me}-${i}`);
  }
  return result;
}

/** Writes until it is killed, and says after every batch how many documents are acknowledged. */
async function writeForever(): Promise<void> {
  for (let i = 0; ; i += 7) {
    await mongoose.connection.transaction(async (session) => {
      await Unique.insertMany(
        Array.from({ length: 7 }, (_, j) => ({ key: `w${i + j}`, by: 1 })),
        { session },
      );
      await Counter.updateOne({ _id: 'written' }, { $inc: { n: 7 } }, { upsert: true, session });
    });
    send({ acknowledged: i + 7 });
  }
}

/** Opens and closes the store, which goes on in another process. */
async function openAgain(): Promise<void> {
  for (let i = 0; i < times; i++) {
    const again = await openEmbedded(folder);
    await again.close();
  }
}

await Unique.init();
send('ready');
await new Promise((resolve) => process.once('message', resolve));
if (job === 'write') await writeForever();
if (job === 'share') send(await share());
await mongoose.disconnect();
await store.close();
if (job === 'open') await openAgain();
process.disconnect();
