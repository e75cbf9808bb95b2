/** Whether this run repeats its loops in full, as `pnpm test:long` does. `pnpm test` repeats them in a short form. */
export const isLong = process.env["USHER_LONG"] !== undefined
