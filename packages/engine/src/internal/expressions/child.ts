/** The process in which expressions are evaluated: reads jobs, writes answers, ends with its input. */
import { createInterface } from "node:readline"
import { make } from "./evaluate.ts"
import { type Job, ready } from "./protocol.ts"

const say = (line: string) => process.stdout.write(`${line}\n`)
const evaluate = make((answer) => say(JSON.stringify(answer)))

const waiting: Array<Job> = []

/** What has come so far together. */
const work = () => evaluate(waiting.splice(0))

createInterface({ input: process.stdin })
  .on("line", (line) => {
    if (waiting.push(JSON.parse(line)) === 1) setImmediate(work)
  })
  .on("close", () => process.exit(0))
say(ready)
