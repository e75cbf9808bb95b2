/**
 * Loaded into a relay under attack: tells how long each turn of its event loop works. Nobody is answered during a turn, whatever
 * else the machine does. A turn is measured by the processor time of its thread.
 */
import { appendFileSync } from "node:fs"
import { isMainThread } from "node:worker_threads"

const file = process.env["USHER_TURNS"]

/** In milliseconds. Turns that are shorter than twice this are seen together. */
const period = 5

const worked = () => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}

if (isMainThread && file !== undefined) {
  let before = worked()
  setInterval(() => {
    const now = worked()
    if (now - before > 2 * period) appendFileSync(file, `${Math.round(now - before)}\n`)
    before = worked()
  }, period).unref()
}
