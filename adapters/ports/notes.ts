/** One small value per model that must outlive a process; the newest counts. */
export interface Notes<T> {
  /** Null where nothing was written yet. */
  read(model: string): Promise<T | null>;
  /** Durable when it returns. */
  write(model: string, value: T): Promise<void>;
}
