const tries = 5;

/**
 * Repeats a read whose file list grew old: a segment that was sealed between the look and the read is gone from its old
 * place, and the next look finds it in the new one, or removed.
 */
export async function retryWhenSealed<T>(read: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await read();
    } catch (error) {
      const isGone =
        error instanceof Error && /No files found|No such file|Cannot open file|\b404\b|NoSuchKey/i.test(error.message);
      if (!isGone || attempt === tries) throw error;
    }
  }
}
