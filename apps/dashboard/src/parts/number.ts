import { Stats } from "@usher/admin"

const whole = new Intl.NumberFormat()
const short = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 })

export const count = (value: number): string => whole.format(value)

/** Such as `1.2M`. */
export const compact = (value: number): string => (value < 10_000 ? whole.format(value) : short.format(value))

/** For counts that the API caps. */
export const capped = (value: number): string =>
  value >= Stats.maxCounted ? `${count(value)} or more` : count(value)

export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`

/** Such as `1.2 kB`. */
export const bytes = (value: number): string => {
  if (value < 1_000) return `${value} B`
  if (value < 1_000_000) return `${Math.round(value / 100) / 10} kB`
  return `${Math.round(value / 100_000) / 10} MB`
}

export const times = (value: number): string => (value === 1 ? "once" : `${count(value)} times`)
