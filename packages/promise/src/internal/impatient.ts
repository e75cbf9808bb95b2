/** Leaves a caller's iterable without waiting for a row that may never arrive. */

/**
 * The same rows. An async generator ends only once its pending `next` has: `return` waits for it only while none is
 * pending. Effect does so too, but not for a `next` that aborts the batch by itself.
 */
export const impatient = <A>(iterable: AsyncIterable<A>): AsyncIterable<A> => ({
  [Symbol.asyncIterator]: () => {
    const rows = iterable[Symbol.asyncIterator]()
    let isPending = false
    return {
      next: async () => {
        isPending = true
        try {
          return await rows.next()
        } finally {
          isPending = false
        }
      },
      return: async () => {
        const ended = rows.return?.()
        if (isPending) ended?.catch(() => {})
        else await ended
        return { done: true, value: undefined }
      }
    }
  }
})
