/** The child process that evaluates expressions. */
import { say, serve } from "../../runtime/process/serve.ts"
import { make } from "./evaluate.ts"
import type { Job } from "./protocol.ts"

const evaluate = make((answer) => say(JSON.stringify(answer)))

serve<Job>(evaluate)
