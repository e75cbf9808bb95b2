/** The least processor time of five runs, in microseconds. */
export const leastTime = (run: () => void): number =>
  Math.min(
    ...Array.from({ length: 5 }, () => {
      const before = process.cpuUsage()
      run()
      const { user, system } = process.cpuUsage(before)
      return user + system
    })
  )
