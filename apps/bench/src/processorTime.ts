/** Measures the processor time of a program with all of its threads and child processes, from `/proc`. Linux only. */
import { readdirSync, readFileSync } from "node:fs"

/** One line of `/proc/<pid>/stat`. */
interface Stat {
  readonly pid: number
  readonly parent: number
  /** The time of its threads, and of child processes that have ended. In microseconds. */
  readonly used: number
}

/** In microseconds. Linux counts in hundredths of a second (`USER_HZ`). */
const tick = 10_000

/** Reads `/proc/<pid>/stat`. See proc_pid_stat(5); the name in parentheses may hold spaces and parentheses itself. */
export const parse = (line: string): Stat => {
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ")
  const [user, system, userOfEnded, systemOfEnded] = fields.slice(11, 15).map(Number)
  return {
    pid: Number.parseInt(line),
    parent: Number(fields[1]),
    used: ((user ?? 0) + (system ?? 0) + (userOfEnded ?? 0) + (systemOfEnded ?? 0)) * tick
  }
}

/** Sums up a process and everything below it. Undefined if the process is not there. */
export const ofTree = (all: ReadonlyArray<Stat>, root: number): number | undefined => {
  const byPid = new Map(all.map((stat) => [stat.pid, stat]))
  const isBelow = ({ pid, parent }: Stat): boolean => {
    if (pid === root) return true
    const above = byPid.get(parent)
    return above !== undefined && isBelow(above)
  }
  return byPid.has(root) ? all.filter(isBelow).reduce((sum, { used }) => sum + used, 0) : undefined
}

const stats = (): ReadonlyArray<Stat> => {
  const read = (pid: string) => {
    try {
      return [parse(readFileSync(`/proc/${pid}/stat`, "latin1"))]
    } catch {
      // It has ended.
      return []
    }
  }
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .flatMap(read)
  } catch {
    return []
  }
}

/** The time that each process has used so far, in microseconds. Undefined for a missing process, or without `/proc`. */
export const read = (pids: ReadonlyArray<number>): ReadonlyArray<number | undefined> => {
  if (pids.length === 0) return []
  const all = stats()
  return pids.map((pid) => ofTree(all, pid))
}
