/** Relative and local times, with the exact time on hover. */
import { DateTime } from "effect"
import { useSyncExternalStore, type ReactNode } from "react"

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

const exactFormat = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" })
const dayFormat = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" })
const yearFormat = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" })
const clockFormat = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" })
const secondsFormat = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3
})

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** Such as `4 min`. */
export const duration = (millis: number): string => {
  const size = Math.max(0, millis)
  if (size < 1_000) return `${Math.round(size)} ms`
  if (size < minute) return `${Math.round(size / 1_000)} s`
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

const dated = (at: number, now: number): string =>
  `${Math.abs(now - at) < 300 * day ? dayFormat.format(at) : yearFormat.format(at)}, ${clockFormat.format(at)}`

interface Props {
  readonly at: DateTime.Utc
}

const Time = ({ at, children }: Props & { readonly children: ReactNode }) => (
  <time dateTime={DateTime.formatIso(at)} title={exactFormat.format(DateTime.toEpochMillis(at))}>
    {children}
  </time>
)

/** Such as `4 min ago`. */
export const Ago = ({ at }: Props) => {
  const now = useNow()
  return <Time at={at}>{relative(DateTime.toEpochMillis(at), Math.max(now, Date.now() - 5_000))}</Time>
}

/** Such as `12:30:05.120`, with the date unless it is today. */
export const Exact = ({ at }: Props) => {
  const millis = DateTime.toEpochMillis(at)
  const isToday = new Date(millis).toDateString() === new Date(useNow()).toDateString()
  return (
    <span className="exact">
      <Time at={at}>
        {isToday ? "" : `${dayFormat.format(millis)}, `}
        {secondsFormat.format(millis)}
      </Time>
    </span>
  )
}

/** Such as `4 min`. */
export const Age = ({ since }: { readonly since: DateTime.Utc }) => {
  const age = useNow() - DateTime.toEpochMillis(since)
  return <Time at={since}>{age < 5_000 ? "a moment" : duration(age)}</Time>
}

/** Such as ` for 4 min`. Nothing if the start is unknown. */
export const For = ({ since }: { readonly since: DateTime.Utc | null }) =>
  since && (
    <>
      {" "}
      for <Age since={since} />
    </>
  )
