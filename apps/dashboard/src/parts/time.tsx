/** Relative times, and times in the chosen zone, with the exact time on hover. */
import { DateTime } from "effect"
import { useSyncExternalStore, type ReactNode } from "react"
import { formats, useZone } from "./zone.ts"

let now = Date.now()
const listeners = new Set<() => void>()
window.setInterval(() => {
  now = Date.now()
  for (const listener of listeners) listener()
}, 5_000)

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** Exact to five seconds. */
const useNow = () => useSyncExternalStore(subscribe, () => now)

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** Such as `4 min`. */
export const duration = (millis: number): string => {
  const size = Math.max(0, millis)
  if (size < 1_000) return `${Math.round(size)} ms`
  if (size < minute) return `${Math.floor(size / 1_000)} s`
  if (size < hour) return `${Math.round(size / minute)} min`
  if (size < 2 * day) return `${Math.round((size / hour) * 10) / 10} h`
  return `${Math.round(size / day)} days`
}

const relative = (at: number, now: number): string => {
  const since = now - at
  if (since < -5_000) return -since < day ? `in ${duration(-since)}` : dated(at, now)
  if (since < 5_000) return "just now"
  return since < day ? `${duration(since)} ago` : dated(at, now)
}

/** With the year unless it is this one. */
const dayOf = (at: number, now: number): string => {
  const { day, dayOfYear, year } = formats()
  return (year.format(at) === year.format(now) ? day : dayOfYear).format(at)
}

const dated = (at: number, now: number): string => `${dayOf(at, now)}, ${formats().clock.format(at)}`

interface Props {
  readonly at: DateTime.Utc
}

const Time = ({ at, children }: Props & { readonly children: ReactNode }) => {
  // Renders again in another zone.
  useZone()
  return (
    <time dateTime={DateTime.formatIso(at)} title={formats().exact.format(DateTime.toEpochMillis(at))}>
      {children}
    </time>
  )
}

/** Such as `4 min ago`. */
export const Ago = ({ at }: Props) => {
  useZone()
  const now = useNow()
  return <Time at={at}>{relative(DateTime.toEpochMillis(at), Math.max(now, Date.now() - 5_000))}</Time>
}

const useIsOver = (at: DateTime.Utc) => DateTime.toEpochMillis(at) - useNow() < 5_000

/** Such as `in 4 min`. A time that has passed is `now`. */
export const Until = ({ at }: Props) => (useIsOver(at) ? <Time at={at}>now</Time> : <Ago at={at} />)

/** Such as `begins in 4 min`, or `began 4 min ago`. */
export const Begins = ({ at }: Props) => (
  <>
    {useIsOver(at) ? "began" : "begins"} <Ago at={at} />
  </>
)

/** Such as `May 4, 2026, 09:00`. */
export const Dated = ({ at }: Props) => {
  useZone()
  const { clock, dayOfYear } = formats()
  const millis = DateTime.toEpochMillis(at)
  return (
    <Time at={at}>
      {dayOfYear.format(millis)}, {clock.format(millis)}
    </Time>
  )
}

/** Such as `12:30:05.120`, with the date unless it is today. */
export const Exact = ({ at }: Props) => {
  useZone()
  const now = useNow()
  const { dayOfYear, seconds } = formats()
  const millis = DateTime.toEpochMillis(at)
  return (
    <span className="exact">
      <Time at={at}>
        {dayOfYear.format(millis) === dayOfYear.format(now) ? "" : `${dayOf(millis, now)}, `}
        {seconds.format(millis)}
      </Time>
    </span>
  )
}

/** Such as `4 min`. */
export const Age = ({ since }: { readonly since: DateTime.Utc }) => {
  const age = useNow() - DateTime.toEpochMillis(since)
  return <Time at={since}>{age < 5_000 ? "a moment" : duration(age)}</Time>
}

/** Such as ` for 4 min`. Nothing if the start is unknown, and in its first seconds. */
export const For = ({ since }: { readonly since: DateTime.Utc | null }) => {
  const now = useNow()
  return (
    since &&
    now - DateTime.toEpochMillis(since) >= 5_000 && (
      <>
        {" "}
        for <Age since={since} />
      </>
    )
  )
}
