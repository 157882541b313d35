interface Cursor<T> {
  next(): Promise<T | null>;
  readBufferedDocuments(): T[];
  close(): Promise<void>;
}

/** The documents of a cursor, an answer of the database at a time: one by one, each would cost a turn of the loop. */
export async function* answersOf<T>(cursor: Cursor<T>): AsyncGenerator<T[]> {
  try {
    for (;;) {
      const first = await cursor.next();
      if (first === null) return;
      yield [first, ...cursor.readBufferedDocuments()];
    }
  } finally {
    await cursor.close();
  }
}
