/** Finds the processes that hold a lock on a file, if the operating system reveals them: on Linux, in `/proc/locks`. */
import { readFileSync, statSync } from "node:fs"

/** The first and the last byte that is locked. */
type Range = readonly [first: number, last: number]

const line =
  /^\d+: (?:POSIX|OFDLCK) +ADVISORY +\w+ +(?<pid>\d+) +[\da-f]+:[\da-f]+:(?<inode>\d+) +(?<first>\d+) +(?<last>\d+|EOF)$/

/** The processes for display, such as `sqlite3 (process 4711)`. Empty if the system reveals none. */
export const holders = (path: string, within: Range = [0, Infinity]): ReadonlyArray<string> => {
  try {
    const { ino } = statSync(path, { bigint: true })
    const pids = readFileSync("/proc/locks", "utf8")
      .split("\n")
      .flatMap((text) => {
        const { pid, inode, first, last } = line.exec(text)?.groups ?? {}
        const end = last === "EOF" ? Infinity : Number(last)
        return inode === `${ino}` && Number(first) <= within[1] && end >= within[0] ? [Number(pid)] : []
      })
    return [...new Set(pids)].filter((pid) => pid > 0).map(describe)
  } catch {
    return []
  }
}

const describe = (pid: number): string =>
  pid === process.pid ? `this process (${pid})` : `${nameOf(pid)} (process ${pid})`

const nameOf = (pid: number): string => {
  try {
    const name = readFileSync(`/proc/${pid}/comm`, "utf8").trim()
    // Node names its main thread, not its program.
    return name === "MainThread" ? "a Node.js program" : name
  } catch {
    return "a program"
  }
}
