import { Binary, ObjectId, type Document } from 'bson';

/** A field of every type that sorts apart, for the order across BSON types. */
export const MIXED: Document[] = [
  { a: 's' },
  { a: 1 },
  {},
  { a: null },
  { a: true },
  { a: new Date(0) },
  { a: new ObjectId('650000000000000000000001') },
  { a: { x: 1 } },
  { a: [5] },
  { a: [] },
  { a: new Binary(Buffer.from('a')) },
  { a: /r/ },
];
