/** On a message, uses 150 ms of processor time in another thread and in the main thread, then replies. */
import { Worker } from "node:worker_threads"

const work = `
  const { threadCpuUsage } = process
  const total = () => { const { user, system } = threadCpuUsage.call(process); return user + system }
  const start = total()
  while (total() - start < 150_000);
`

process.once("message", () => {
  const thread = new Worker(work, { eval: true })
  thread.once("exit", () => {
    const start = process.threadCpuUsage()
    for (;;) {
      const { user, system } = process.threadCpuUsage(start)
      if (user + system >= 150_000) break
    }
    process.send?.("done")
  })
})
