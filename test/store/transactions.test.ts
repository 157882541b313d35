import mongoose from 'mongoose';
import { beforeAll, describe, expect, it } from 'vitest';
import { onStore } from './suite.ts';

// MongoDB manual, "Transactions" and "In-progress Transactions and Write Conflicts"

const NAMES = {
  schema: new mongoose.Schema({ name: { type: String, unique: true }, n: { type: Number, default: 0 } }),
};

onStore((target) => {
  describe('transactions', () => {
    let Account: mongoose.Model<{ name: string; n: number }>;
    beforeAll(async () => {
      Account = target.connection.model<{ name: string; n: number }>(
        'Account',
        NAMES.schema as mongoose.Schema,
      );
      await Account.init();
    });

    it('shows its changes to itself alone until it commits', async (context) => {
      target.need(context, 'transactions');
      await Account.create({ name: 'iso', n: 1 });
      await target.connection.transaction(async (session) => {
        await Account.create([{ name: 'iso-new' }], { session });
        await Account.updateOne({ name: 'iso' }, { $inc: { n: 1 } }, { session });
        expect(await Account.countDocuments({ name: /^iso/ }, { session })).toBe(2);
        expect((await Account.findOne({ name: 'iso' }).session(session))?.n).toBe(2);
        expect(await Account.countDocuments({ name: /^iso/ })).toBe(1);
        expect((await Account.findOne({ name: 'iso' }))?.n).toBe(1);
      });
      expect(await Account.countDocuments({ name: /^iso/ })).toBe(2);
      expect((await Account.findOne({ name: 'iso' }))?.n).toBe(2);
    });

    it('leaves nothing behind when it is aborted', async (context) => {
      target.need(context, 'transactions');
      await Account.create({ name: 'keep' });
      const failing = target.connection.transaction(async (session) => {
        await Account.create([{ name: 'gone' }], { session });
        await Account.deleteMany({}, { session });
        expect(await Account.countDocuments({}, { session })).toBe(0);
        throw new Error('boom');
      });
      await expect(failing).rejects.toThrow('boom');
      expect(await Account.countDocuments({ name: { $in: ['keep', 'gone'] } })).toBe(1);
    });

    it('is aborted by a duplicate key', async (context) => {
      target.need(context, 'transactions');
      const failing = target.connection.transaction(async (session) => {
        await Account.create([{ name: 'twice' }], { session });
        await Account.create([{ name: 'twice' }], { session });
      });
      await expect(failing).rejects.toMatchObject({ code: 11000, keyValue: { name: 'twice' } });
      expect(await Account.countDocuments({ name: 'twice' })).toBe(0);
    });

    it('lets a unique key move from one document to another', async (context) => {
      target.need(context, 'transactions');
      const [first, second] = await Account.create([{ name: 'left' }, { name: 'right' }]);
      await target.connection.transaction(async (session) => {
        await Account.updateOne({ _id: first?._id }, { name: 'middle' }, { session });
        await Account.updateOne({ _id: second?._id }, { name: 'left' }, { session });
        await Account.updateOne({ _id: first?._id }, { name: 'right' }, { session });
      });
      expect([
        (await Account.findById(first?._id))?.name,
        (await Account.findById(second?._id))?.name,
      ]).toEqual(['right', 'left']);
    });

    it('ends with a labelled WriteConflict where another one was first', async (context) => {
      target.need(context, 'transactions');
      await Account.create({ name: 'race' });
      const session = await target.connection.startSession();
      session.startTransaction();
      const write = async (): Promise<void> => {
        await Account.updateOne({ name: 'race' }, { $inc: { n: 1 } }, { session });
        await session.commitTransaction();
      };
      await Account.findOne({ name: 'race' }).session(session);
      await Account.updateOne({ name: 'race' }, { $inc: { n: 10 } });
      const error: unknown = await write().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 112, codeName: 'WriteConflict' });
      expect((error as mongoose.mongo.MongoServerError).hasErrorLabel('TransientTransactionError')).toBe(
        true,
      );
      await session.endSession();
      expect((await Account.findOne({ name: 'race' }))?.n).toBe(10);
    });

    it('is run again by withTransaction until every increment counts', async (context) => {
      target.need(context, 'transactions');
      await Account.create({ name: 'sum' });
      const increment = () =>
        target.connection.transaction(async (session) => {
          const account = await Account.findOne({ name: 'sum' }).session(session);
          account?.set('n', account.n + 1);
          await account?.save({ session });
        });
      await Promise.all(Array.from({ length: 6 }, increment));
      expect((await Account.findOne({ name: 'sum' }))?.n).toBe(6);
    });

    it('may make a collection', async (context) => {
      target.need(context, 'transactions');
      const session = await target.connection.startSession();
      const made = target.connection.collection('made_inside');
      await session.withTransaction(async () => {
        await made.insertOne({ a: 1 }, { session });
      });
      await session.endSession();
      expect(await made.countDocuments()).toBe(1);
    });

    it('refuses commands that cannot be part of it, by code 263', async (context) => {
      target.need(context, 'transactions');
      const session = await target.connection.startSession();
      session.startTransaction();
      await expect(target.connection.db?.command({ listCollections: 1 }, { session })).rejects.toMatchObject({
        code: 263,
      });
      await session.abortTransaction().catch(() => undefined);
      await session.endSession();
    });
  });
});
