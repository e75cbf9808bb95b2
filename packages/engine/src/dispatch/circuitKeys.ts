/** Names the circuit of each Spot, so that it can be replaced. Results of calls of the old circuit no longer count. */
export const circuitKeys = () => {
  const generations = new Map<string, number>()
  const keyOf = (spot: string) => `${generations.get(spot) ?? 0} ${spot}`
  return {
    keyOf,
    /** Undefined for a circuit that was replaced. */
    spotOf: (key: string): string | undefined => {
      const spot = key.slice(key.indexOf(" ") + 1)
      return keyOf(spot) === key ? spot : undefined
    },
    /** Replaces the circuit of a Spot with a closed one. */
    renew: (spot: string) => void generations.set(spot, (generations.get(spot) ?? 0) + 1)
  }
}
