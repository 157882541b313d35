import mongoose, { type Connection } from 'mongoose';
import { beforeAll, describe, expect, it } from 'vitest';
import { onStore } from './suite.ts';

// what Mongoose itself relies on: index creation, error shapes, populate, versioning, casts of special types

const { Schema } = mongoose;

interface ExplainedPlan {
  readonly queryPlanner: { readonly winningPlan: { readonly stage: string } };
}

function models(connection: Connection) {
  const id = { type: Schema.Types.ObjectId };
  return {
    Owner: connection.model('Owner', new Schema({ email: { type: String, unique: true }, name: String })),
    Zone: connection.model(
      'Zone',
      new Schema({ name: { type: String, unique: true }, owner: { ...id, ref: 'Owner' }, tags: [String] }),
    ),
    Entry: connection.model(
      'Entry',
      new Schema({
        zone: id,
        name: String,
        type: String,
        ttl: Number,
        data: Schema.Types.Mixed,
        prio: Number,
      })
        .index({ zone: 1, name: 1, type: 1, data: 1 }, { unique: true })
        .index({ zone: 1, type: 1 }),
    ),
    Certificate: connection.model(
      'Certificate',
      new Schema({ zone: id, active: Boolean }).index(
        { zone: 1 },
        { unique: true, partialFilterExpression: { active: true } },
      ),
    ),
    Route: connection.model(
      'Route',
      new Schema({
        host: String,
        targets: [{ url: String, weight: Number, up: { type: Boolean, default: true } }],
      }),
    ),
    Token: connection.model(
      'Token',
      new Schema({
        hash: { type: String, unique: true, sparse: true },
        n: BigInt,
        big: Schema.Types.Decimal128,
        bytes: Buffer,
        uid: Schema.Types.UUID,
        note: String,
      }),
    ),
    Counter: connection.model('Counter', new Schema({ _id: String, seq: { type: Number, default: 0 } })),
  };
}

onStore((target) => {
  describe('Mongoose', () => {
    let m: ReturnType<typeof models>;
    beforeAll(async () => {
      m = models(target.connection);
      await Promise.all(Object.values(m).map((model) => model.init()));
    });

    it('finds the indexes it made', async (context) => {
      target.need(context, 'partial indexes');
      expect(await m.Entry.diffIndexes()).toEqual({ toDrop: [], toCreate: [] });
      const indexes = await m.Certificate.listIndexes();
      expect(indexes[1]).toMatchObject({
        key: { zone: 1 },
        unique: true,
        partialFilterExpression: { active: true },
      });
    });

    it('gets duplicate keys as E11000 with keyPattern and keyValue', async (context) => {
      target.need(context, 'full errors');
      await m.Owner.create({ email: 'a@x.io' });
      await expect(m.Owner.create({ email: 'a@x.io' })).rejects.toMatchObject({
        name: 'MongoServerError',
        code: 11000,
        keyPattern: { email: 1 },
        keyValue: { email: 'a@x.io' },
        message: expect.stringMatching(
          /E11000 duplicate key error collection: \S+\.owners index: email_1 dup key/,
        ),
      });
    });

    it('learns which element of an array is there already', async (context) => {
      target.need(context, 'full errors');
      const Label = target.connection.model('Label', new Schema({ names: { type: [String], unique: true } }));
      await Label.init();
      await Label.create({ names: ['a', 'a', 'b'] });
      await expect(Label.create({ names: ['c', 'b'] })).rejects.toMatchObject({
        code: 11000,
        keyValue: { names: 'b' },
      });
    });

    it('populates', async () => {
      const owner = await m.Owner.create({ email: 'p@x.io', name: 'P' });
      await m.Zone.create({ name: 'ex.org', owner: owner._id });
      const zone = await m.Zone.findOne({ name: 'ex.org' }).populate<{
        owner: { email: string; name?: string };
      }>('owner', 'email');
      expect(zone?.owner.email).toBe('p@x.io');
      expect(zone?.owner.name).toBeUndefined();
    });

    it('reports each failed document of an unordered insertMany', async () => {
      const zone = new mongoose.Types.ObjectId();
      const one = { zone, name: 'a', type: 'A', data: '1' };
      const done = m.Entry.insertMany([one, one, { ...one, data: '2' }], { ordered: false });
      await expect(done).rejects.toMatchObject({ code: 11000, writeErrors: { length: 1 } });
      expect(await m.Entry.countDocuments({ zone })).toBe(2);
    });

    it('keeps the version of arrays', async () => {
      await m.Route.create({ host: 'v', targets: [{ url: 'a', weight: 1 }] });
      const [stale, other] = [await m.Route.findOne({ host: 'v' }), await m.Route.findOne({ host: 'v' })];
      other?.set('targets', [{ url: 'z', weight: 1 }]);
      await other?.save();
      stale?.targets.splice(0, 1);
      await expect(stale?.save()).rejects.toMatchObject({ name: 'VersionError' });
    });

    it('has unique indexes over a part of the documents', async (context) => {
      target.need(context, 'partial indexes');
      const zone = new mongoose.Types.ObjectId();
      await m.Certificate.create([
        { zone, active: false },
        { zone, active: false },
      ]);
      const active = await m.Certificate.create({ zone, active: true });
      await expect(m.Certificate.create({ zone, active: true })).rejects.toMatchObject({ code: 11000 });
      await m.Certificate.updateOne({ _id: active._id }, { active: false });
      await m.Certificate.create({ zone, active: true });
    });

    it('has sparse unique indexes', async () => {
      await m.Token.create([{}, {}, { hash: 'q' }]);
      await expect(m.Token.create({ hash: 'q' })).rejects.toMatchObject({ code: 11000 });
    });

    it('keeps int64, decimals, bytes and UUIDs, also when other fields change', async () => {
      const uid = '6f1c6b1e-4c1e-4b8a-9f6e-0c7c2f8a1234';
      const token = await m.Token.create({
        hash: 't',
        n: 9007199254740995n,
        big: '1.10',
        bytes: Buffer.from([1, 0, 255]),
        uid,
      });
      await m.Token.updateOne({ _id: token._id }, { $set: { note: 'x' } });
      const found = await m.Token.findById(token._id);
      expect([found?.n, String(found?.big), String(found?.uid)]).toEqual([9007199254740995n, '1.10', uid]);
      expect([...(found?.bytes ?? [])]).toEqual([1, 0, 255]);
      expect(
        await m.Token.countDocuments({ uid, n: 9007199254740995n, bytes: Buffer.from([1, 0, 255]) }),
      ).toBe(1);
    });

    it('counts by concurrent upserts without losing one', async (context) => {
      target.need(context, 'upsert atomicity');
      const increment = () =>
        m.Counter.findOneAndUpdate(
          { _id: 'c' },
          { $inc: { seq: 1 } },
          { upsert: true, returnDocument: 'after' },
        );
      const counters = await Promise.all(Array.from({ length: 30 }, increment));
      expect(counters.map((counter) => counter.seq).toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: 30 }, (_, i) => i + 1),
      );
    });

    it('reads on in a cursor, sorts, skips and limits', async () => {
      const zone = new mongoose.Types.ObjectId();
      await m.Entry.insertMany(
        Array.from({ length: 400 }, (_, i) => ({
          zone,
          name: `n${i}`,
          type: i % 2 ? 'A' : 'AAAA',
          ttl: i,
          data: i,
        })),
      );
      const page = await m.Entry.find({ zone, type: 'A' })
        .sort({ ttl: -1 })
        .skip(3)
        .limit(4)
        .select('ttl -_id')
        .lean();
      expect(page).toEqual([{ ttl: 393 }, { ttl: 391 }, { ttl: 389 }, { ttl: 387 }]);
      let seen = 0;
      for await (const entry of m.Entry.find({ zone }).batchSize(50).cursor()) seen += entry ? 1 : 0;
      expect(seen).toBe(400);
      expect((await m.Entry.distinct('type', { zone })).toSorted()).toEqual(['A', 'AAAA']);
    });

    it('writes in bulk', async () => {
      const zone = new mongoose.Types.ObjectId();
      const result = await m.Entry.bulkWrite([
        { insertOne: { document: { zone, name: 'bw', type: 'A', data: 'x' } } },
        { updateOne: { filter: { zone, name: 'bw' }, update: { $set: { ttl: 1 } } } },
        {
          replaceOne: {
            filter: { zone, name: 'bw2' },
            replacement: { zone, name: 'bw2', type: 'A', data: 'y' },
            upsert: true,
          },
        },
        { deleteMany: { filter: { zone, name: /^bw/ } } },
      ]);
      expect([result.insertedCount, result.modifiedCount, result.upsertedCount, result.deletedCount]).toEqual(
        [1, 1, 1, 2],
      );
    });

    it('uses an index', async (context) => {
      target.need(context, 'explain');
      const plan = await m.Entry.find({ zone: new mongoose.Types.ObjectId(), type: 'A' }).explain();
      expect(plan).toMatchObject({
        queryPlanner: { winningPlan: { inputStage: { indexName: 'zone_1_type_1' } } },
      });
    });

    it('reads nothing to find one of none', async (context) => {
      target.need(context, 'explain');
      const none = { zone: { $in: [] } };
      const plan = (await m.Entry.find(none).explain()) as unknown as ExplainedPlan;
      expect(plan.queryPlanner.winningPlan.stage).not.toBe('COLLSCAN');
      expect(await m.Entry.find(none).sort({ name: 1 })).toEqual([]);
      expect(await m.Entry.countDocuments(none)).toBe(0);
    });

    it('hides an index, and takes it again', async (context) => {
      target.need(context, 'explain');
      const schema = new Schema({ name: String, at: Date }, { autoIndex: false });
      const Hidden = target.connection.model('Hidden', schema.index({ name: 1 }));
      await Hidden.syncIndexes();
      const stage = async (): Promise<string> => {
        const plan = (await Hidden.find({ name: 'x' }).explain()) as unknown as ExplainedPlan;
        return plan.queryPlanner.winningPlan.stage;
      };
      const collMod = (index: object) =>
        target.connection.db?.command({ collMod: Hidden.collection.name, index });
      expect(await stage()).toBe('FETCH');
      expect(await collMod({ name: 'name_1', hidden: true })).toMatchObject({ hidden_new: true });
      expect(await stage()).toBe('COLLSCAN');
      expect(await Hidden.listIndexes()).toMatchObject([{ name: '_id_' }, { name: 'name_1', hidden: true }]);
      await collMod({ keyPattern: { name: 1 }, hidden: false });
      expect(await stage()).toBe('FETCH');
      await expect(collMod({ name: 'none', hidden: true })).rejects.toMatchObject({ code: 27 });
      await expect(collMod({ name: '_id_', hidden: true })).rejects.toMatchObject({ code: 2 });
    });

    it('changes after how long an index lets documents expire', async (context) => {
      target.need(context, 'full errors');
      const Expiring = target.connection.model('Expiring', new Schema({ at: { type: Date, expires: 60 } }));
      await Expiring.init();
      const collMod = { collMod: Expiring.collection.name, index: { name: 'at_1', expireAfterSeconds: 90 } };
      expect(await target.connection.db?.command(collMod)).toMatchObject({
        expireAfterSeconds_old: 60,
        expireAfterSeconds_new: 90,
      });
      expect(await Expiring.listIndexes()).toMatchObject([{ name: '_id_' }, { expireAfterSeconds: 90 }]);
    });

    it('aggregates by the index of a hint', async (context) => {
      target.need(context, 'full errors');
      const zone = new mongoose.Types.ObjectId();
      await m.Entry.create({ zone, name: 'h', type: 'A', data: 1 });
      const entries = (hint: string) => m.Entry.aggregate([{ $match: { zone } }]).hint(hint);
      expect(await entries('zone_1_type_1')).toMatchObject([{ name: 'h' }]);
      await expect(entries('none')).rejects.toMatchObject({
        code: 2,
        message: expect.stringContaining('hint'),
      });
    });

    it('lists and drops collections', async () => {
      const names = (await target.connection.listCollections()).map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(['owners', 'zones']));
      await target.connection.dropCollection('routes');
      expect((await target.connection.listCollections()).map(({ name }) => name)).not.toContain('routes');
    });
  });
});
