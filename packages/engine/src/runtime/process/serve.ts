/** The child's side of the protocol. Loads only Node, so that programs start fast. */
import { createInterface } from "node:readline"

/** The first line that a program sends. */
export const ready = "ready"

export const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** Calls `work` with all jobs received so far, and exits when the input ends. */
export const serve = <Job>(work: (jobs: ReadonlyArray<Job>) => void | Promise<void>): void => {
  const waiting: Array<Job> = []
  const next = () => void work(waiting.splice(0))
  createInterface({ input: process.stdin })
    .on("line", (line) => {
      if (waiting.push(JSON.parse(line)) === 1) setImmediate(next)
    })
    .on("close", () => process.exit(0))
  say(ready)
}
