/** Runs the examples that the docs show, each as a program of its own. */
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"

const folder = fileURLToPath(new URL("..", import.meta.url))

/** What an example says that it prints: a comment behind each `console.log`. */
export const saidBy = (code: string): ReadonlyArray<string> =>
  [...code.matchAll(/console\.log\(.*\) \/\/ (.*)$/gm)].map(([, line = ""]) => line)

/** What it prints. */
export const printedBy = (code: string): Promise<ReadonlyArray<string>> =>
  new Promise((resolve, reject) => {
    const args = ["--input-type=module-typescript", "--eval", code]
    execFile(process.execPath, args, { cwd: folder, encoding: "utf8" }, (error, stdout) =>
      error === null ? resolve(stdout.trimEnd().split("\n")) : reject(error)
    )
  })
