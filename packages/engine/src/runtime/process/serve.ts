/** What a program of the relay does beside its work. Loads nothing but Node, so that a program starts soon. */
import { createInterface } from "node:readline"

/** The first line that a program says. */
export const ready = "ready"

export const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** Gives the work the jobs that have come so far together, and ends with the input. */
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
