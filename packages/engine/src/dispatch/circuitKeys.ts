/** Names the circuit of each Spot, so that a new one can take its place: what calls of the old one end with counts no more. */
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
    /** From now on the Spot has another circuit, which is closed. */
    renew: (spot: string) => void generations.set(spot, (generations.get(spot) ?? 0) + 1)
  }
}
