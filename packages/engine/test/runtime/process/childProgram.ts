/** A program that answers, waits for ever, runs out of memory or ends, as its jobs say. */
import { say, serve } from "../../../src/runtime/process/serve.ts"

interface Job {
  readonly id: number
  readonly what: "answer" | "hang" | "fill" | "end"
}

const isEndless = (what: Job["what"]): boolean => what === "hang" || what === "fill"

serve<Job>((jobs) => {
  for (const { id, what } of jobs) {
    const kept: Array<unknown> = []
    while (isEndless(what)) if (what === "fill") kept.push(Array.from({ length: 10_000 }, () => ({})))
    if (what === "end") process.exit(1)
    say(JSON.stringify({ id, pid: process.pid }))
  }
})
